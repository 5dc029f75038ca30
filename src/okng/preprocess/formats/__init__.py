"""Readers of single file formats: bytes -> samples."""
