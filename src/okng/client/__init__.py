"""A client of a station: photos in, verdicts out, from any program.

It speaks HTTP and nothing else: no model, no network, no database. httpx2 comes with
`okng[client]`.
"""

from okng.client.answers import Inspection, Model, Page, Review, Station
from okng.client.async_client import AsyncClient
from okng.client.client import Client
from okng.client.repeats import Repeats

__all__ = [
    "AsyncClient",
    "Client",
    "Inspection",
    "Model",
    "Page",
    "Repeats",
    "Review",
    "Station",
]
