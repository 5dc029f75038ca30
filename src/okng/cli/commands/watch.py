"""`okng watch`: a hot folder."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from okng.cli.console import spoken
from okng.text import shown
from okng.wording import count_of, phrase

if TYPE_CHECKING:
    from okng.config import StationSettings
    from okng.connect.part import Outcome, Part
    from okng.connect.receiving import Seen
    from okng.connect.sources.folder import FolderSettings

SETTINGS = ("station", "models", "records", "client_queue", "stop_timeout")
"""Settings of a station that it takes."""
FIRST = ("data", "name", "product", "photos")
"""Those that its help shows."""
_SUM_UP_SECONDS = 10.0


def watch(
    folder: Annotated[Path, typer.Argument(help="Folder that photos arrive in.")],
    *,
    model: Annotated[Path, typer.Option(help="Model file, or the folder of a run.")],
    after: Annotated[
        str, typer.Option(help="Judged photos: move into ok, ng, review, error; leave; delete.")
    ] = "move",
    sort_into: Annotated[
        Path | None, typer.Option(help="Where these folders are; in FOLDER if not given.")
    ] = None,
    csv: Annotated[
        Path | None, typer.Option(help="Table of verdicts; FOLDER/verdicts.csv if not given.")
    ] = None,
    serial: Annotated[
        str | None,
        typer.Option(help="Regular expression for names, with a group such as (?P<serial>...)."),
    ] = None,
    poll: Annotated[
        str | None, typer.Option(help="Look into the folder so often, such as 2s.")
    ] = None,
    until: Annotated[
        str, typer.Option(help="stopped: until Ctrl-C; empty: until no photo waits.")
    ] = "stopped",
    quiet: Annotated[bool, typer.Option("--quiet", help="No counts on stderr.")] = False,
    settings: dict[str, Any],
) -> None:
    """Judge the photos that arrive in a folder, sort them, and keep a table of verdicts.

    Every verdict is on record in the folder of --data; a restart judges no photo twice. Ctrl-C and
    SIGTERM end it, after the photos that are in flight.

    Example: okng watch incoming --model runs/castings/inspector.onnx
    """
    from okng.config import StationSettings, read_settings  # noqa: PLC0415 - pydantic is heavy
    from okng.config.reading import validate  # noqa: PLC0415
    from okng.connect.sources.folder import FolderSettings  # noqa: PLC0415

    given = {"photos": "none", "no_auth": True} | settings
    tree = read_settings(StationSettings, None, env={}, given=given)
    values = {"path": folder, "after": after, "sort_into": sort_into, "serial": serial,
              "poll": poll, "until": until}  # fmt: skip
    source = validate(values, where="the flags", tree=FolderSettings)
    _run(tree, source, model, csv or folder / "verdicts.csv", quiet=quiet)


def _run(
    tree: "StationSettings", source: "FolderSettings", model: Path, csv: Path, *, quiet: bool
) -> None:
    from okng.config import report_language  # noqa: PLC0415
    from okng.connect.alarms import Alarms  # noqa: PLC0415
    from okng.connect.drift import report_drift  # noqa: PLC0415
    from okng.connect.line import Line, around  # noqa: PLC0415 - brings in the engine
    from okng.connect.operator_log import log  # noqa: PLC0415
    from okng.connect.receiving import NamedSource  # noqa: PLC0415
    from okng.connect.table import VerdictTable  # noqa: PLC0415
    from okng.logs import set_up_logs  # noqa: PLC0415
    from okng.station import opened  # noqa: PLC0415

    set_up_logs()
    log.language = report_language(None)
    with opened(tree, [model], heatmaps=False) as station:
        alarms = Alarms(station.records, station.name)
        report_drift(station, alarms)
        known = around(station, "", alarms)
        source.check(known)
        table = VerdictTable(csv, alarms)
        counts = _Counts(table.add)
        named = NamedSource("folder", source, source.source(known))
        try:
            with Line(station, [named], alarms, counts.add) as line:
                _announce(source.path, csv, quiet=quiet)
                while not line.wait(_SUM_UP_SECONDS):
                    counts.show(quiet=quiet)
        except KeyboardInterrupt:
            return  # the end of a watch is a good one
        finally:
            table.close()
            counts.show(quiet=quiet)


class _Counts:
    """Counts verdicts, and prints the counts in the main thread: a terminal may stand still."""

    def __init__(self, add: "Seen") -> None:
        self._add = add
        self._verdicts: Counter[str] = Counter()
        self._shown = 0

    def add(self, part: "Part", outcome: "Outcome") -> None:
        self._add(part, outcome)
        self._verdicts[outcome.signal.value] += 1

    def show(self, *, quiet: bool) -> None:
        total = self._verdicts.total()
        if quiet or total == self._shown:
            return
        self._shown = total
        parts = ", ".join(f"{number} {word}" for word, number in self._verdicts.most_common())
        with spoken():
            typer.echo(f"{count_of(total, 'photo')}: {parts}", err=True)


def _announce(folder: Path, csv: Path, *, quiet: bool) -> None:
    if not quiet:
        with spoken():
            text = phrase("Watching {folder}; verdicts in {table}; Ctrl-C ends it",
                          folder=shown(str(folder)), table=shown(str(csv)))  # fmt: skip
            typer.echo(text, err=True)
