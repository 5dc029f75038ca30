"""Verbs of a model that learns from reviews: retrain, promote, roll-back."""
