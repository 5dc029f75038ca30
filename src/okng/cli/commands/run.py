"""`okng run`: stations on the line, each from a `station.toml`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from okng.cli.console import spoken
from okng.text import shown
from okng.wording import phrase, translated

if TYPE_CHECKING:
    from okng.connect.station_file import Checked, StationFile
    from okng.serve.lines import OnLine


def run(
    files: Annotated[
        list[Path], typer.Argument(help="station.toml of each station that is to run.")
    ],
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Look at all that is needed, move nothing, and end.")
    ] = False,
) -> None:
    """Run stations on the line: sources, models, records, sinks, and the page of each.

    Several files run several stations in one process. Ctrl-C and SIGTERM end it, after the parts
    that are in flight. `okng init station` writes such a file.

    Example: okng run station.toml
    """
    from okng.connect.station_file import read_station_file  # noqa: PLC0415 - pydantic is heavy

    stations = [read_station_file(file) for file in files]
    if check:
        _check(stations)
        return
    from okng.serve.lines import run as run_lines  # noqa: PLC0415 - brings in the server

    run_lines(stations, _announce)


def _check(stations: "list[StationFile]") -> None:
    """Print what is found about each; exit code 2 where something is wrong."""
    from okng.serve.lines import check  # noqa: PLC0415

    wrong = 0
    with spoken():
        for file in stations:
            typer.echo(phrase("Station {name} ({file})", name=shown(file.settings.station.name),
                              file=shown(str(file.where))))  # fmt: skip
            for each in check(file):
                _print(each)
                wrong += each.fault is not None
        if wrong:
            typer.echo(phrase("{wrong} cannot be used as they are", wrong=wrong), err=True)
            raise typer.Exit(2)
        typer.echo(translated("All is as it must be"))


def _print(each: "Checked") -> None:
    if each.fault is None:
        match = "; ".join(f"{finding.subject}: {shown(finding.value)}" for finding in each.findings)
        typer.echo(f"  ok     {each.subject}: {match}")
        return
    first, *rest = each.fault.message.splitlines()
    typer.secho(f"  FAULT  {each.subject}: {first}", fg="red")
    for line in rest:
        typer.echo(f"         {line.strip()}")


def _announce(running: "OnLine") -> None:
    with spoken():
        name, started = shown(running.file.settings.station.name), running.started
        if started is None:
            typer.echo(phrase("Station {name} runs; Ctrl-C ends it", name=name))
            return
        typer.echo(phrase("Station {name} runs: {address}", name=name, address=started.address))
        if started.setup is not None:
            typer.echo(phrase("Make the first admin, within the hour: {link}", link=started.setup))
