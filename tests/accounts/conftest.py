"""Accounts with a clock that tests set and with cheap passwords."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from okng.accounts import Accounts
from okng.records import Records
from okng.testing.station.accounts import FakeClock, cheap_passwords


@pytest.fixture
def clock() -> FakeClock:
    """A clock that stands until it is set."""
    return FakeClock()


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with all tables: the migrations run once, not for each test."""
    file = tmp_path_factory.mktemp("accounts") / "empty.sqlite"
    Records(file).close()
    return file


@pytest.fixture
def database(tmp_path: Path, empty_database: Path) -> str:
    """A database of the test's own."""
    return str(shutil.copy(empty_database, tmp_path / "r.sqlite"))


@pytest.fixture
def records(database: str) -> Iterator[Records]:
    """The records that changes of accounts go to."""
    with Records(database) as opened:
        yield opened


@pytest.fixture
def accounts(database: str, records: Records, clock: FakeClock) -> Iterator[Accounts]:
    """Accounts in the database of the records, without users."""
    with Accounts(
        database, records, "station-1", passwords=cheap_passwords(), clock=clock
    ) as opened:
        yield opened
