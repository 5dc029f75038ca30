"""Rows wait in a file while the database is down, and are written in order when it is back."""

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Connection

from okng.errors import RecordsError
from okng.records import Link, Records, Row
from okng.records.queries import InspectionFilter
from okng.records.writing import Spool
from okng.records.writing import writer as writer_module
from okng.testing.station.records import entry, inspection_row

if TYPE_CHECKING:
    from okng.testing.station.postgres import PostgresServer


@pytest.fixture(autouse=True)
def _quick_attempts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The writer asks for the database every 50 ms."""
    monkeypatch.setattr(writer_module, "_RETRY_SECONDS", 0.05)


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    """Another program holds the lock of the database."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


def _until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    assert condition()


def test_rows_of_a_locked_database_are_answered_and_written_later(tmp_path: Path) -> None:
    """In the order of their appends, before those that come afterwards, each with its place."""
    file, rows = tmp_path / "r.sqlite", [inspection_row() for _ in range(4)]
    with Records(file, spool=tmp_path / "spool.jsonl") as records:
        with _locked(file):
            links = [records.append(row).result(10)[0] for row in rows[:3]]
            fault = records.fault
            assert fault is not None
            assert (fault.code, records.spooled > 0) == ("records.locked", True)
            assert not records.refuses
        _until(lambda: not records.spooled)
        last = records.append(rows[3]).result(10)[0]

        assert [records.detail(row.id) is not None for row in rows] == [True] * 4
        seqs = [detail.link.seq for row in rows if (detail := records.detail(row.id))]
        assert records.fault is None
    assert {link.seq for link in links} == {0}
    assert (seqs, last.seq) == ([1, 2, 3, 4], 4)


def test_rows_of_the_spool_are_announced_once_they_can_be_seen(tmp_path: Path) -> None:
    """A sink that is called before the commit finds none of them, and passes them over."""
    file, rows = tmp_path / "r.sqlite", [inspection_row() for _ in range(3)]
    seen: list[tuple[int, int]] = []
    with Records(file, spool=tmp_path / "spool.jsonl") as records:

        def look(heads: Sequence[Link]) -> None:
            seen.append((heads[0].seq, len(records.page(InspectionFilter()).rows)))

        records.watch(look)
        with _locked(file):
            for row in rows:
                records.append(row).result(10)
        _until(lambda: not records.spooled)

    assert seen == [(3, 3)]


def test_rows_of_a_full_database_wait_until_there_is_room(tmp_path: Path) -> None:
    """The disk is full, by a limit that SQLite keeps; then there is room again."""
    with Records(tmp_path / "r.sqlite", spool=tmp_path / "s.jsonl") as records:
        records.append(inspection_row()).result(10)
        _limit(records, 1)
        full = [records.append(*(inspection_row() for _ in range(400))).result(10)[0].seq
                for _ in range(2)]  # fmt: skip
        assert records.fault is not None
        assert (records.fault.code, full) == ("disk.full", [0, 0])
        _limit(records, 1_000_000)
        _until(lambda: not records.spooled)

        assert records.head("station-1").seq == 801


def test_without_a_spool_a_locked_database_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one who asks gets the error, and no verdict that is not on record."""
    monkeypatch.setattr("okng.records.records.BUSY_SECONDS", 0.1)
    file = tmp_path / "r.sqlite"
    with Records(file) as records:
        with _locked(file), pytest.raises(RecordsError) as caught:
            records.append(inspection_row()).result(10)
        assert caught.value.code == "records.locked"
        _until(lambda: not records.refuses)  # the writer asks by itself
        assert records.append(inspection_row()).result(10)[0].seq == 1


def test_a_restart_writes_what_waited(tmp_path: Path) -> None:
    """The process ended while the database was locked; the next one writes its rows."""
    file, row = tmp_path / "r.sqlite", inspection_row()
    with Records(file, spool=tmp_path / "spool.jsonl") as records, _locked(file):
        records.append(row).result(10)
        records.close()
    with Records(file, spool=tmp_path / "spool.jsonl") as records:
        _until(lambda: not records.spooled)

        assert records.inspection(row.id) == row


def test_rows_that_were_written_before_a_crash_are_not_written_again(tmp_path: Path) -> None:
    """A crash between the commit and the emptying of the file doubles nothing."""
    file, rows = tmp_path / "r.sqlite", [inspection_row(), inspection_row()]
    with Records(file) as records:
        records.append(rows[0]).result(10)
    spool = Spool(tmp_path / "spool.jsonl")
    spool.add([[rows[0], entry()], [rows[1]]])
    spool.close()
    with Records(file, spool=tmp_path / "spool.jsonl") as records:
        _until(lambda: not records.spooled)
        detail = records.detail(rows[1].id)

    assert detail is not None
    assert detail.link.seq == 3


def test_a_key_is_known_while_its_row_waits(tmp_path: Path) -> None:
    """A repeated request gets the verdict of the first one."""
    file, row = tmp_path / "r.sqlite", inspection_row(idempotency_key="k")
    with Records(file, spool=tmp_path / "spool.jsonl") as records, _locked(file):
        records.append(row).result(10)

        assert records.inspection_of_key(row.station, "k") == row


def test_two_verdicts_of_one_key_are_both_written(tmp_path: Path) -> None:
    """Both were answered while no key could be read; the second one is stored without it."""
    spool = Spool(tmp_path / "spool.jsonl")
    rows = [inspection_row(idempotency_key="k"), inspection_row(idempotency_key="k")]
    spool.add([[row] for row in rows])
    spool.close()
    with Records(tmp_path / "r.sqlite", spool=tmp_path / "spool.jsonl") as records:
        _until(lambda: not records.spooled)
        stored = [records.inspection(row.id) for row in rows]

    assert [row and row.idempotency_key for row in stored] == ["k", None]


def test_a_line_that_a_crash_cut_off_is_dropped(tmp_path: Path) -> None:
    """It was never answered; what comes next begins on a line of its own."""
    file, row = tmp_path / "spool.jsonl", inspection_row()
    spool = Spool(file)
    spool.add([[row]])
    spool.close()
    with file.open("ab") as stream:
        stream.write(b'[{"table": "insp')
    spool = Spool(file)
    later: list[Row] = [inspection_row()]
    spool.add([later])

    assert spool.next(10).jobs == [[row], later]
    spool.close()


def test_a_row_that_the_database_never_takes_is_put_aside(tmp_path: Path) -> None:
    """It blocks nothing, and stays in a file beside the spool."""
    spool, bad, good = Spool(tmp_path / "s.jsonl"), inspection_row(verdict=None), inspection_row()
    spool.add([[bad], [good]])
    spool.close()
    with Records(tmp_path / "r.sqlite", spool=tmp_path / "s.jsonl") as records:
        _until(lambda: not records.spooled)

        assert records.inspection(good.id) == good
    assert bad.id in (tmp_path / "s.refused.jsonl").read_text()


def test_rows_with_a_deed_of_their_own_never_wait(tmp_path: Path) -> None:
    """A deletion belongs to the transaction of its entry; it is refused, not spooled."""

    def deed(_connection: Connection, _links: "Sequence[Link]") -> None:
        """Nothing."""

    file = tmp_path / "r.sqlite"
    with Records(file, spool=tmp_path / "s.jsonl") as records, _locked(file):
        with pytest.raises(RecordsError):
            records.append(entry(), also=deed).result(10)
        assert not records.spooled


def test_a_deleted_database_file_is_an_outage(tmp_path: Path) -> None:
    """SQLite would go on writing into the deleted file, and lose all of it."""
    file, row = tmp_path / "r.sqlite", inspection_row()
    with Records(file, spool=tmp_path / "s.jsonl") as records:
        records.append(inspection_row()).result(10)
        for each in tmp_path.glob("r.sqlite*"):
            each.unlink()
        records.append(row).result(10)

        assert records.fault is not None
        assert records.fault.code == "records.unreachable"
    assert row.id in (tmp_path / "s.jsonl").read_text()


def test_a_postgres_server_that_stops_is_an_outage(
    postgres_server: "PostgresServer", postgres_url: str, tmp_path: Path
) -> None:
    """Rows wait until it runs again, and the chain goes on."""
    with Records(postgres_url, spool=tmp_path / "s.jsonl") as records:
        records.append(inspection_row()).result(10)
        postgres_server.stop()
        try:
            assert records.append(inspection_row()).result(10)[0].seq == 0
            with pytest.raises(RecordsError):
                records.stations()
            assert records.inspection_of_key("station-1", "unknown") is None
        finally:
            postgres_server.start()
        _until(lambda: not records.spooled)

        assert records.append(inspection_row()).result(10)[0].seq == 3


def _limit(records: Records, pages: int) -> None:
    """Let the one connection that writes have so many pages; as many as it has, at least."""
    with records.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.execute(f"PRAGMA max_page_count = {pages}")
