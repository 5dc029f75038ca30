"""This camera: light, focus and position, and the threshold that fits it."""
