"""Accounts with a clock that tests set and with cheap passwords."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from okng.accounts import Accounts
from okng.records import Records
from okng.testing.accounts import FakeClock, cheap_passwords


@pytest.fixture
def clock() -> FakeClock:
    """A clock that stands until it is set."""
    return FakeClock()


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    """The records that changes of accounts go to."""
    with Records(tmp_path / "r.sqlite") as opened:
        yield opened


@pytest.fixture
def accounts(tmp_path: Path, records: Records, clock: FakeClock) -> Iterator[Accounts]:
    """Accounts in the database of the records, without users."""
    with Accounts(
        tmp_path / "r.sqlite", records, "station-1", passwords=cheap_passwords(), clock=clock
    ) as opened:
        yield opened
