"""`okng outbox`: what sinks have, and what they refused."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from okng.cli.stations import Config, settings_of_station

if TYPE_CHECKING:
    from okng.records import Records

Name = Annotated[str, typer.Argument(help="Name of the sink.")]
_MOST = 500
"""Refused deliveries that are shown."""


def list_(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    config: Config = None,
    settings: dict[str, Any],
) -> None:
    """Show how far each sink is, and which verdicts and alarms it refused.

    Example: okng outbox list --data station
    """
    from okng.records.outbox import cursors, refused  # noqa: PLC0415 - brings in the database

    with _opened(config, settings) as records:
        sinks = [(each, records.head(each.station).seq) for each in cursors(records.read)]
        rows = refused(records.read, limit=_MOST)
    if as_json:
        document = {
            "sinks": [{**each._asdict(), "waiting": head - each.seq} for each, head in sinks],
            "refused": [row._asdict() for row in rows],
        }
        json.dump(document, sys.stdout, indent=2, ensure_ascii=False)
        sys.stdout.write("\n")
        return
    for each, head in sinks:
        typer.echo(f"{each.station} -> {each.sink}: {each.seq:,} of {head:,} rows, "
                   f"{head - each.seq:,} waiting; last moved {_time(each.time_us)}")  # fmt: skip
    for row in rows:
        typer.echo(f"refused by {row.sink}: row {row.seq} of {row.station}, {row.row_id}, "
                   f"{_time(row.time_us)}: {row.reason} [{row.code}]")  # fmt: skip
    if not sinks:
        typer.echo("No sink has a place in this database.")


def send_again(
    sink: Name,
    *,
    row: Annotated[
        str | None,
        typer.Option(help="Only this inspection or alarm; all of the sink if not given."),
    ] = None,
    config: Config = None,
    settings: dict[str, Any],
) -> None:
    """Send what a sink refused once more, within a minute, by the station while it runs.

    Example: okng outbox send-again mqtt --data station
    """
    from okng.records import outbox  # noqa: PLC0415

    with _opened(config, settings) as records:
        count = outbox.send_again(records.engine, sink, row_id=row)
    typer.echo(f"{count:,} will be sent again.")


def forget(sink: Name, *, config: Config = None, settings: dict[str, Any]) -> None:
    """Remove a sink that is no longer there, so that rules of retention do not wait for it.

    Example: okng outbox forget old-broker --data station
    """
    from okng.records import outbox  # noqa: PLC0415

    with _opened(config, settings) as records:
        outbox.forget(records.engine, sink)
    typer.echo(f"{sink} is forgotten; under this name, a sink begins anew.")


OUTBOX: dict[str, Callable[..., None]] = {
    "list": list_, "send-again": send_again, "forget": forget,
}  # fmt: skip
"""The verbs of `okng outbox`, by name."""


@contextmanager
def _opened(config: Path | None, given: dict[str, Any]) -> "Iterator[Records]":
    from okng.records import Records  # noqa: PLC0415
    from okng.records.transfer import refuse_missing  # noqa: PLC0415
    from okng.records.upkeep import database_of  # noqa: PLC0415

    database = database_of(settings_of_station(config, given))
    refuse_missing(database)
    with Records(database) as records:
        yield records


def _time(time_us: int) -> str:
    from okng.station.clock import utc_of  # noqa: PLC0415 - brings in the records

    return f"{utc_of(time_us).astimezone():%Y-%m-%d %H:%M:%S}"
