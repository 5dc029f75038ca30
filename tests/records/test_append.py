"""Rows are appended by one thread, each with its place in the chain of its station."""

import threading
from pathlib import Path

import pytest

from okng.errors import RecordsConflictError, RecordsError
from okng.records import Kind, Link, Records, Row
from okng.records.chain import START, first, linked
from okng.testing.station.records import entry, inspection_row


def test_a_row_reads_back_as_it_was_appended(url: str) -> None:
    """What was appended is what is read."""
    row = inspection_row(serial="A-1", unfamiliarity_e9=1)
    with Records(url) as records:
        records.append(row).result(10)

        assert records.inspection(row.id) == row


def test_each_row_continues_the_chain(tmp_path: Path) -> None:
    """Inspections and entries share one chain per station, in the order of appending."""
    rows: list[Row] = [inspection_row(), entry(Kind.AUDIT), inspection_row()]
    with Records(tmp_path / "r.sqlite") as records:
        links = records.append(*rows).result(10)

    expected = [first("station-1")]
    for row in rows:
        expected.append(linked(row, expected[-1]))
    assert links == expected[1:]
    assert expected[0].hash == START


def test_a_chain_goes_on_after_a_restart(tmp_path: Path) -> None:
    """The next process follows the last row of the one before."""
    for number in (1, 2):
        with Records(tmp_path / "r.sqlite") as records:
            links = records.append(inspection_row()).result(10)

        assert links[0].seq == number


def test_stations_have_chains_of_their_own(url: str) -> None:
    """Two stations in one database each count from 1."""
    with Records(url) as records:
        links = records.append(
            inspection_row(station="a"), inspection_row(station="b"), inspection_row(station="a")
        ).result(10)

    assert [(link.station, link.seq) for link in links] == [("a", 1), ("b", 1), ("a", 2)]


def test_one_refused_row_does_not_fail_the_others(url: str) -> None:
    """A doubled idempotency key is refused; rows of the same transaction are written."""
    with Records(url) as records:
        futures = [
            records.append(inspection_row(idempotency_key=key)) for key in ("a", "b", "a", "c")
        ]
        errors = [future.exception(10) for future in futures]

    assert [type(error) for error in errors] == [type(None), type(None), RecordsConflictError,
                                                 type(None)]  # fmt: skip


def test_many_threads_append_without_a_gap(url: str) -> None:
    """Eight threads append at once; the numbers of the rows are 1 to N."""
    with Records(url) as records:
        seqs: list[int] = []

        def work() -> None:
            for _ in range(20):
                seqs.extend(link.seq for link in records.append(inspection_row()).result(10))

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert sorted(seqs) == list(range(1, 161))


def test_a_commit_is_announced_with_the_head(tmp_path: Path) -> None:
    """Whoever signs heads gets the last link of each commit."""
    heads: list[Link] = []
    with Records(tmp_path / "r.sqlite", committed=heads.extend) as records:
        links = records.append(inspection_row(), inspection_row()).result(10)

    assert heads == [links[-1]]


def test_a_review_without_a_payload_is_refused_at_once(tmp_path: Path) -> None:
    """The caller learns of it, and the writer goes on."""
    with Records(tmp_path / "r.sqlite") as records:
        with pytest.raises(ValueError, match="truth"):
            records.append(entry(Kind.REVIEW))
        assert records.append(entry()).result(10)[0].seq == 1


def test_a_row_that_cannot_be_hashed_fails_alone(tmp_path: Path) -> None:
    """Whatever goes wrong in the writer, its future ends, and the next row is written."""
    with Records(tmp_path / "r.sqlite") as records:
        failed = records.append(inspection_row(latency_us=0.5)).exception(10)

        assert isinstance(failed, RecordsError)
        assert records.append(inspection_row()).result(10)[0].seq == 1


def test_a_process_may_change_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative path means the folder at the start."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "other").mkdir()
    with Records("r.sqlite") as records:
        monkeypatch.chdir(tmp_path / "other")
        assert records.append(inspection_row()).result(10)[0].seq == 1


def test_closed_records_refuse_rows(tmp_path: Path) -> None:
    """After closing, nothing is lost silently: appending raises."""
    records = Records(tmp_path / "r.sqlite")
    records.close()

    with pytest.raises(RecordsError) as caught:
        records.append(inspection_row())
    assert caught.value.code == "records.closed"


def test_a_database_that_cannot_be_opened_is_an_error(tmp_path: Path) -> None:
    """A folder that is not there is no traceback of the driver."""
    with pytest.raises(RecordsError) as caught:
        Records(tmp_path / "missing" / "r.sqlite")
    assert caught.value.code == "records.unreachable"


def test_another_database_is_refused(tmp_path: Path) -> None:
    """Only SQLite and PostgreSQL keep the promises of the records."""
    with pytest.raises(RecordsError) as caught:
        Records("mysql://me:secret@host/name")
    assert caught.value.code == "records.database"
    assert "secret" not in caught.value.message
