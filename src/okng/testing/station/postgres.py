"""A PostgreSQL server for tests: a throw-away cluster behind a socket in a folder in /tmp."""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import URL, create_engine, text

from okng.testing.services import MissingService

_UNPRIVILEGED = ("postgres", "nobody")
"""PostgreSQL does not run as root; these users are tried in this order."""


class PostgresServer(NamedTuple):
    """A running server.

    Attributes:
        folder: of its socket.
        data: of its files.
    """

    folder: Path
    data: Path

    def new_database(self, name: str) -> str:
        """Create a database, and give its URL."""
        engine = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
        engine.dispose()
        return self.url(name)

    def url(self, name: str) -> str:
        """The URL of a database of this server."""
        url = URL.create("postgresql", "okng", database=name, query={"host": str(self.folder)})
        return url.render_as_string()

    def stop(self) -> None:
        """Stop it at once, as a crash of the machine would; `start` recovers the data."""
        _run(_program("pg_ctl"), "-D", str(self.data), "-m", "immediate", "-w", "stop")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        # Data of a test need not outlast a power cut.
        options = f"-c listen_addresses='' -c unix_socket_directories={self.folder} -c fsync=off"
        log = str(self.folder / "log")
        _run(_program("pg_ctl"), "-D", str(self.data), "-o", options, "-l", log, "-w", "start")


@contextlib.contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """A server until the context ends.

    Raises:
        MissingService: PostgreSQL is not installed.
    """
    initdb = _program("initdb")
    # The path of a socket has 107 characters at most.
    folder = Path(tempfile.mkdtemp(prefix="okng-pg-", dir="/tmp"))
    server = PostgresServer(folder, folder / "data")
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, _user())
        _run(initdb, "-D", str(server.data), "-U", "okng", "-A", "trust", "-E", "UTF8", "-N")
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _program(name: str) -> str:
    """The path of a program of PostgreSQL; Debian keeps them out of PATH."""
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    path = shutil.which(name) or (str(installed[-1]) if installed else None)
    if path is None:
        raise MissingService("PostgreSQL (apt-get install postgresql)")
    return path


def _user() -> str:
    names = {each.pw_name for each in pwd.getpwall()}
    return next(name for name in _UNPRIVILEGED if name in names)


def _run(*command: str) -> None:
    prefix = ["runuser", "-u", _user(), "--"] if os.geteuid() == 0 else []
    with tempfile.TemporaryFile() as output:
        # A pipe would stay open as long as the server runs.
        done = subprocess.run([*prefix, *command], stdout=output, stderr=output, cwd="/")  # noqa: PLW1510, S603
        if done.returncode:
            output.seek(0)
            raise RuntimeError(output.read().decode(errors="replace"))
