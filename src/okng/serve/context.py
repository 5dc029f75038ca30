"""What the routes of one server share."""

import asyncio
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, cast

from fastapi import Depends
from starlette.requests import HTTPConnection

from okng.accounts import Accounts
from okng.config import StationSettings
from okng.connect.delivering import Delivering
from okng.connect.shared import Shared
from okng.errors import MissingError
from okng.records import InspectionRow, Records
from okng.station import Station
from okng.station.heatmaps import Heatmaps
from okng.station.oversight import LineGuards


@dataclass(eq=False)
class Serving:
    """One station that is served.

    Attributes:
        station: that judges.
        accounts: who may do what; None where everybody may do everything.
        delivering: to sinks; None where verdicts are only answered.
        streams: of events that are open.
        stopping: set when the server stops, so that streams end.
        shared: what the adapters of the line share with the server: triggers by HTTP.
    """

    station: Station
    accounts: Accounts | None = None
    delivering: Delivering | None = None
    streams: int = 0
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    shared: Shared = field(default_factory=Shared)

    @cached_property
    def heatmaps(self) -> Heatmaps:
        """Draws heatmaps of inspections."""
        return Heatmaps(self.station)

    @property
    def settings(self) -> StationSettings:
        """Of the station and its server."""
        return self.station.settings

    @property
    def records(self) -> Records | None:
        """None where nothing is stored."""
        return self.station.records

    @property
    def guards(self) -> LineGuards:
        """Master parts and bypasses of the station.

        Raises:
            MissingError: the station stores nothing, so it has none.
        """
        if self.station.guards is None:
            raise MissingError(
                "The station stores nothing, so it has neither master parts nor bypasses",
                hint="Serve it with records.",
            )
        return self.station.guards

    def is_bypassed(self, row: InspectionRow) -> bool:
        """Whether the inspection was out of use when a part was inspected."""
        guards = self.station.guards
        return guards is not None and guards.bypassed(row)

    def stop(self) -> None:
        """Accept no more photos, and end the streams; in the thread of the event loop."""
        self.station.stop()
        self.stopping.set()


def serving_of(connection: HTTPConnection) -> Serving:
    """What the app of a request was made with."""
    return cast("Serving", connection.app.state.serving)


async def _serving(connection: HTTPConnection) -> Serving:
    # FastAPI calls what is not async in a thread of a pool: two changes of threads a request.
    return serving_of(connection)


ServingNow = Annotated[Serving, Depends(_serving)]
"""For the signature of a route."""
