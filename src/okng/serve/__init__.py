"""The station's server: REST, metrics and pages over HTTP. The only place of FastAPI."""
