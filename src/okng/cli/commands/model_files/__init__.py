"""Verbs about a model file itself."""
