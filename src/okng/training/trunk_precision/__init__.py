"""Whether the frozen layers of an inspector compute in INT8 or in float32."""
