"""Exchange of a model through the gate: promotion, the way back, and a station that follows."""
