"""Backup of a database while a station writes to it, and restore, which verifies first."""

import os
import shlex
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, inspect
from sqlalchemy.exc import SQLAlchemyError

from okng.error_codes import Code
from okng.errors import RecordsConflictError, RecordsError
from okng.files import whole_file
from okng.records.database import connect, database_url
from okng.records.faults import from_database
from okng.records.proof import SignedHead, Verification, read_heads, snapshot, verify
from okng.records.proof.heads import CURRENT, PERMANENT
from okng.records.schema import copy_sqlite

SQLITE, POSTGRES = "records.sqlite", "records.pgdump"


def back_up(database: str | Path, target: Path, *, heads: Path | None = None) -> Path:
    """Copy a database into a folder while it is in use.

    Photos and the private key are not in it.

    Args:
        database: a file, or a URL of SQLite or PostgreSQL.
        target: folder, new or empty.
        heads: folder of signed heads, which go with it.

    Returns:
        The file of the copy.

    Raises:
        RecordsError: the folder holds files, the database cannot be read, or `pg_dump` is missing.
    """
    if target.exists() and any(target.iterdir()):
        raise RecordsConflictError(
            "The folder for the backup is not empty", where=target, hint="Take a new folder."
        )
    url = database_url(database)
    target.mkdir(parents=True, exist_ok=True)
    # The heads first: rows that are committed meanwhile are more than was signed, not fewer.
    for name in (PERMANENT, CURRENT):
        if heads is not None and (heads / name).exists():
            shutil.copy(heads / name, target / name)
    if url.get_backend_name() == "sqlite":
        return _copy(Path(url.database or ""), target / SQLITE)
    file = target / POSTGRES
    with whole_file(file) as temporary:
        _postgres("pg_dump", url, "--format=custom", f"--file={temporary}", _address(url))
    return file


def restore(backup: Path, database: str | Path, *, trusted: frozenset[str]) -> Verification:
    """Write a backup into a new database, if its chains are intact.

    Args:
        backup: folder of `back_up`.
        database: a file that is not there, or the URL of an empty PostgreSQL database.
        trusted: public keys in hex, for the heads in the backup.

    Returns:
        What is proven about the restored rows.

    Raises:
        RecordsError: the backup does not verify (`records.damaged`), or there are records already.
    """
    url = database_url(database)
    is_file = url.get_backend_name() == "sqlite"
    source = backup / (SQLITE if is_file else POSTGRES)
    if not source.exists():
        raise RecordsError(
            "This is no backup for such a database", where=backup,
            allowed=f"a folder with {source.name}",
            hint="Take a folder of `okng records backup`.", code=Code.MISSING,
        )  # fmt: skip
    heads = read_heads(backup)
    if is_file:
        target = Path(url.database or "")
        if target.exists():
            raise _occupied(target)
        result = _whole(source, heads, trusted)
        _copy(source, target)
        return result
    _refuse_rows(database)
    _postgres("pg_restore", url, "--no-owner", "--exit-on-error", f"--dbname={_address(url)}",
              str(source))  # fmt: skip
    return _whole(database, heads, trusted)


def check_database(
    database: str | Path, heads: list[SignedHead], trusted: frozenset[str]
) -> Verification:
    """Verify a database, whether a station writes to it or not.

    Args:
        database: a file, or a URL of SQLite or PostgreSQL.
        heads: signed heads from outside of it.
        trusted: public keys in hex.

    Raises:
        RecordsError: it is not there or cannot be read.
    """
    with reading(database) as connection:
        return verify(connection, heads, trusted)


@contextmanager
def reading(database: str | Path) -> Iterator[Connection]:
    """A connection that sees one state of a database until the block ends.

    Raises:
        RecordsError: it is not there or cannot be read.
    """
    refuse_missing(database)
    opened = connect(database)
    try:
        with snapshot(opened.read.connect()) as connection:
            yield connection
    except (SQLAlchemyError, sqlite3.Error) as exc:
        raise from_database(exc) from exc
    finally:
        opened.dispose()


def refuse_missing(database: str | Path) -> None:
    """Raise where there is no file: SQLite would create an empty one.

    Raises:
        RecordsError: it is not there.
    """
    url = database_url(database)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        raise RecordsError(
            "The database is not there", where=url.database,
            hint="Check `station.folder` and `records.database`.", code=Code.RECORDS_UNREACHABLE,
        )  # fmt: skip


def refuse_damaged(result: Verification, database: str | Path, *, brief: bool = False) -> None:
    """Raise where a chain has a fault.

    Args:
        result: of `check_database`.
        database: for the text.
        brief: the result is shown already.

    Raises:
        RecordsError: the text names the first bad row.
    """
    if result.intact:
        return
    what = "The records do not verify" + ("" if brief else f":\n{result.text()}")
    raise RecordsError(
        what, where=str(database).rpartition("@")[2],
        hint="Find out who changed them; a backup from before may be whole.",
        code=Code.RECORDS_DAMAGED,
    )  # fmt: skip


def _whole(database: str | Path, heads: list[SignedHead], trusted: frozenset[str]) -> Verification:
    result = check_database(database, heads, trusted)
    refuse_damaged(result, database)
    return result


def _copy(source: Path, target: Path) -> Path:
    """A consistent copy of an SQLite file, whole or not there."""
    refuse_missing(source)
    try:
        with whole_file(target) as temporary:
            copy_sqlite(source, temporary)
    except sqlite3.Error as exc:
        raise from_database(exc) from exc
    return target


def _postgres(program: str, url: URL, *arguments: str) -> None:
    """Run a program of PostgreSQL. The password goes by the environment: others see arguments."""
    path = shutil.which(program) or _debian(program)
    if path is None:
        raise RecordsError(
            f"{program} is not installed here", where=program,
            hint=f"Install the client of PostgreSQL, or run where it is: {program} "
            f"{shlex.join(arguments)}",
            code=Code.LIBRARY_MISSING,
        )  # fmt: skip
    environment = os.environ | ({"PGPASSWORD": str(url.password)} if url.password else {})
    command = [path, *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, check=False)  # noqa: S603
    if done.returncode:
        text = done.stderr.decode(errors="replace").strip()
        raise RecordsError(f"{program} failed: {text}", hint="Check the URL and its rights.")


def _address(url: URL) -> str:
    """The URL as the programs of PostgreSQL take it, without the password."""
    return url.set(drivername="postgresql", password=None).render_as_string()


def _debian(program: str) -> str | None:
    """Debian installs some of these programs outside of PATH."""
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))
    return str(installed[-1]) if installed else None


def _refuse_rows(database: str | Path) -> None:
    opened = connect(database)
    try:
        with opened.read.connect() as connection:
            tables = inspect(connection).get_table_names()
    except SQLAlchemyError as exc:
        raise from_database(exc) from exc
    finally:
        opened.dispose()
    if tables:
        raise _occupied(str(database).rpartition("@")[2])


def _occupied(where: object) -> RecordsConflictError:
    return RecordsConflictError(
        "There is a database already, which a restore would overwrite", where=where,
        hint="Move it away, or restore into another one.",
    )  # fmt: skip
