"""`okng init station`: writes a `station.toml`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from okng.cli.console import spoken
from okng.wording import phrase

if TYPE_CHECKING:
    from okng.connect.station_file import Wanted


def station(
    file: Annotated[Path, typer.Argument(help="File to write.")] = Path("station.toml"),
    *,
    model: Annotated[
        list[Path] | None, typer.Option(help="Model file, or folder of a run; repeat for several.")
    ] = None,
    source: Annotated[
        list[str] | None, typer.Option(help="Kind of a source: folder, camera; repeat for several.")
    ] = None,
    sink: Annotated[
        list[str] | None, typer.Option(help="Kind of a sink, such as mqtt; repeat for several.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="Name of the station, on record.")] = None,
    site: Annotated[str | None, typer.Option(help="Name of the plant, in topics.")] = None,
    page: Annotated[bool, typer.Option("--page", help="With page and API of the station.")] = False,
) -> None:
    """Write a commented station.toml with all settings of the kinds that are named.

    What only you have, such as the folder of photos, is asked for; without a terminal it is left
    to be filled in. `okng run --check` then shows what is missing.

    Example: okng init station --model runs/castings --source folder --sink mqtt
    """
    from okng.connect.station_file import station_template  # noqa: PLC0415 - pydantic is heavy
    from okng.error_codes import Code  # noqa: PLC0415
    from okng.errors import OkngError  # noqa: PLC0415
    from okng.files import write_atomic  # noqa: PLC0415
    from okng.runs.layout import MODEL  # noqa: PLC0415

    if file.exists():
        raise OkngError(
            "The file is there already", where=file, hint="Give another name, or delete it first.",
            code=Code.FILE_EXISTS,
        )  # fmt: skip
    about = {key: value for key, value in (("name", name), ("site", site)) if value is not None}
    given: dict[str, dict[str, Any]] = {
        "station": about,
        "models": {"files": model or [MODEL]},
    }
    text = station_template(given, _wanted("sources", source or ["folder"]),
                            _wanted("sinks", sink or []), serves=page)  # fmt: skip
    write_atomic(file, text)
    with spoken():
        typer.echo(phrase("Written: {file}. Next: okng run --check {file}", file=str(file)))


def _wanted(place: str, kinds: list[str]) -> "list[Wanted]":
    from okng.connect.station_file import Wanted, kind_settings  # noqa: PLC0415
    from okng.connect.station_file.template import required  # noqa: PLC0415

    trees = [kind_settings(place, kind) for kind in kinds]
    return [Wanted(tree, {name: value for name in required(tree)
                          if (value := _asked(f"{tree.kind}.{name}", tree, name)) is not None})
            for tree in trees]  # fmt: skip


def _asked(title: str, tree: Any, name: str) -> str | None:
    """The value of a setting, from the person at the terminal; None without one."""
    from okng.connect.station_file.template import is_table  # noqa: PLC0415

    if not sys.stdin.isatty() or is_table(tree.model_fields[name]):
        return None
    answer = typer.prompt(f"{title}: {tree.model_fields[name].description}", default="")
    return str(answer) or None
