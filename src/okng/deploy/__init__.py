"""Puts a model file into a cloud: what would be created, what it costs, and the way back."""
