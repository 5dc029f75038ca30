"""The station."""
