"""The station: photos in, verdicts on record out. It does not speak HTTP.

It judges photos with its models, within bounds, and answers a verdict once it is on the disk.
"""

from okng.station.judging.requests import Answer, PartRequest, PhotoRequest
from okng.station.models import Models
from okng.station.opening import database_of, opened
from okng.station.station import Station

__all__ = ["Answer", "Models", "PartRequest", "PhotoRequest", "Station", "database_of", "opened"]
