"""Chains of other stations, for a central server: rows and photos, each once."""

from okng.serve.routes.chains.routes import router

__all__ = ["router"]
