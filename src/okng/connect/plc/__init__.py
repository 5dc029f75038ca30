"""A PLC that triggers the camera and gets the verdict: one handshake, three carriers."""
