"""Gradient training of a network through Lightning: module, trainer, callbacks."""
