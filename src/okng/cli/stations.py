"""What verbs need that work on a station from outside: its settings, its records, and who asks."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from okng.config import StationSettings
    from okng.records import Records

PLACE = ("data", "database", "name")
"""Settings that say which station it is."""
Config = Annotated[Path | None, typer.Option(help="okng.toml of the station; flags win over it.")]


def settings_of_station(config: Path | None, given: dict[str, Any]) -> "StationSettings":
    """Settings of a station from its file, the environment and flags.

    Raises:
        ConfigError: the file cannot be read, or a setting is none.
    """
    from okng.config import StationSettings, read_settings  # noqa: PLC0415 - pydantic is heavy

    return read_settings(StationSettings, config, env=os.environ, given=given)


@contextmanager
def signed_records(tree: "StationSettings") -> Iterator["Records"]:
    """Records that are there; commits are signed by the station's key, where it has one here.

    Raises:
        RecordsError: there are none, or the database cannot be opened.
    """
    from okng.records import Records  # noqa: PLC0415
    from okng.records.proof import HeadSigner, station_keys  # noqa: PLC0415
    from okng.records.transfer import refuse_missing  # noqa: PLC0415
    from okng.records.upkeep import database_of, heads_folder, keys_folder  # noqa: PLC0415

    database = database_of(tree)
    refuse_missing(database)
    signer = HeadSigner(
        heads_folder(tree), station_keys(keys_folder(tree)), every=tree.records.sign_every
    )
    with Records(database, committed=signer.committed) as records:
        yield records


def person(*, prefix: str = "user") -> str:
    """Who runs the command, such as `user:erika`; the number where the machine has no name."""
    import getpass  # noqa: PLC0415

    try:
        return f"{prefix}:{getpass.getuser()}"
    except (OSError, KeyError):  # a container may have no such user
        return f"{prefix}:{os.getuid()}"
