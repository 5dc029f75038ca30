"""Brings a database to the schema of this version: creates it, upgrades it, or refuses it."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from okng.error_codes import Code
from okng.errors import RecordsError
from okng.records.migrations import REVISIONS
from okng.records.network_shares import refuse_network_share

_LOCK = 0x6F6B6E67
"""Key of the advisory lock that lets one process upgrade a PostgreSQL database: `okng`."""


def open_schema(engine: Engine) -> None:
    """Create or upgrade the tables. An older SQLite file is copied first.

    Raises:
        RecordsError: the database is of a newer version, belongs to something else, or is a file
            on a network share.
    """
    file = sqlite_file(engine)
    if file is not None:
        refuse_network_share(file)
    with engine.connect() as connection:
        before = _revision(connection)
    if before == REVISIONS[-1]:
        return
    if before and file is not None:
        copy_sqlite(file, _backup_name(file, before))
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        # Another process may have upgraded it meanwhile.
        if _revision(connection) != REVISIONS[-1]:
            _upgrade(connection)


def sqlite_file(engine: Engine) -> Path | None:
    """The file of an SQLite database; None for others and for one in memory."""
    name = engine.url.database
    if engine.dialect.name != "sqlite" or not name or name == ":memory:":
        return None
    return Path(name)


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy an SQLite database while others read and write it.

    Raises:
        sqlite3.Error: it cannot be read, or the copy cannot be written.
    """
    with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target)) as write:
        read.backup(write)


def _revision(connection: Connection) -> str:
    """The schema of a database; empty for one without tables.

    Raises:
        RecordsError: this version does not handle it.
    """
    tables = inspect(connection).get_table_names()
    if "alembic_version" not in tables:
        if "inspections" in tables:
            raise _refused("unknown", "another database; this one was not created by `okng serve`")
        return ""
    revision = str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar())
    if revision not in REVISIONS:
        raise _refused(revision, f"{REVISIONS[0]} to {REVISIONS[-1]}")
    return revision


def _upgrade(connection: Connection) -> None:
    # Alembic takes 0.3 s to load, and is needed once per version.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    command.upgrade(config, "head")


def _backup_name(file: Path, revision: str) -> Path:
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    return file.with_name(f"{file.name}.before-{revision}-{now}")


def _refused(revision: str, allowed: str) -> RecordsError:
    return RecordsError(
        f"The database has the schema {revision}, which this version cannot use",
        allowed=allowed,
        hint="Install the version of okng that wrote it, or take another database.",
        code=Code.RECORDS_SCHEMA,
    )
