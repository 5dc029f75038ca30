"""Verbs that put a model file into a cloud."""
