"""The chain of a station is the outbox of its sinks."""

from pathlib import Path

import pytest
from sqlalchemy import delete

from okng.errors import MissingError, RecordsError
from okng.inference.inspection import new_id
from okng.records import InspectionRow, Kind, Records, Row
from okng.records.outbox import (
    Begin,
    Outbox,
    cursors,
    forget,
    least_cursor,
    refused,
    send_again,
)
from okng.records.outbox.outbox import PAGE
from okng.records.tables import inspections
from okng.records.upkeep import RetentionRule, retain
from okng.testing.station.records import entry, inspection_row

STATION = "station-1"


def _row(**given: object) -> InspectionRow:
    return inspection_row(id=new_id(), **given)


def _fill(records: Records, count: int) -> None:
    records.append(*(_row() for _ in range(count))).result(10)


def test_a_page_has_verdicts_and_entries_in_the_order_of_the_chain(url: str) -> None:
    """Whatever the table, the number counts."""
    with Records(url) as records:
        outbox = Outbox(records, "mqtt", STATION)
        rows: list[Row] = [
            _row(),
            entry(Kind.ALARM, id=new_id()),
            _row(),
            entry(Kind.AUDIT, id=new_id()),
        ]
        records.append(*rows).result(10)
        page = outbox.page()

    assert page is not None
    assert [(each.seq, each.row) for each in page.rows] == list(enumerate(rows, 1))


def test_a_new_sink_begins_behind_what_is_on_record(url: str) -> None:
    """Verdicts of last year are no news to it, unless it asks for them."""
    with Records(url) as records:
        _fill(records, 3)
        new, whole = Outbox(records, "new", STATION), Outbox(records, "all", STATION, Begin.FIRST)
        _fill(records, 1)
        pages = new.page(), whole.page()

    assert [[row.seq for row in page.rows] for page in pages if page] == [[4], [1, 2, 3, 4]]


def test_a_cursor_outlasts_a_restart(url: str) -> None:
    """The next process goes on behind the last row that the sink has."""
    with Records(url) as records:
        outbox = Outbox(records, "mqtt", STATION)
        _fill(records, 3)
        outbox.passed(2)
        storing = outbox.store()
        assert storing is not None
        storing.result(10)
    with Records(url) as records:
        page = Outbox(records, "mqtt", STATION, Begin.FIRST).page()

    assert page is not None
    assert [row.seq for row in page.rows] == [3]


def test_a_cursor_never_moves_back(tmp_path: Path) -> None:
    """A second process with the same sink may be further."""
    with Records(tmp_path / "r.sqlite") as records:
        fast, slow = (Outbox(records, "mqtt", STATION) for _ in range(2))
        _fill(records, 5)
        for outbox, seq in ((fast, 5), (slow, 2)):
            outbox.passed(seq)
            storing = outbox.store()
            assert storing is not None
            storing.result(10)

        assert [each.seq for each in cursors(records.read)] == [5]


def test_a_page_is_bounded(tmp_path: Path) -> None:
    """However much waits, one page of it is read."""
    with Records(tmp_path / "r.sqlite") as records:
        outbox = Outbox(records, "mqtt", STATION)
        _fill(records, PAGE + 10)
        first = outbox.page()
        assert first is not None
        outbox.passed(first.end)
        second = outbox.page()

    assert second is not None
    assert (len(first.rows), len(second.rows), second.end) == (PAGE, 10, PAGE + 10)


def test_numbers_of_deleted_rows_are_passed(tmp_path: Path) -> None:
    """A gap of a rule of retention ends nothing."""
    with Records(tmp_path / "r.sqlite") as records:
        outbox = Outbox(records, "mqtt", STATION)
        _fill(records, 4)
        with records.engine.begin() as connection:
            connection.execute(delete(inspections).where(inspections.c.seq.in_([1, 3])))
        page = outbox.page()

    assert page is not None
    assert ([row.seq for row in page.rows], page.end) == ([2, 4], 4)


def test_a_page_ends_where_the_chain_is_committed(tmp_path: Path) -> None:
    """Rows behind the named head are left to the next page: one table may show them too early."""
    with Records(tmp_path / "r.sqlite") as records:
        outbox = Outbox(records, "mqtt", STATION)
        _fill(records, 4)
        page = outbox.page(head=2)

    assert page is not None
    assert ([row.seq for row in page.rows], page.end) == ([1, 2], 2)


def test_a_row_that_cannot_be_seen_yet_is_not_passed(url: str) -> None:
    """Whatever number is said to be committed: all of it waits, and so does what lies behind."""
    with Records(url) as records:
        outbox = Outbox(records, "mqtt", STATION)
        _fill(records, 2)
        early = outbox.page(head=5)
        assert early is not None
        assert (early.end, len(early.rows)) == (2, 2)
        outbox.passed(early.end)
        assert outbox.page(head=5) is None
        _fill(records, 3)
        page = outbox.page(head=5)

    assert page is not None
    assert [each.seq for each in page.rows] == [3, 4, 5]


def test_a_refused_row_is_set_aside_and_passed(url: str) -> None:
    """It is listed with its reason, and the sink gets the next one."""
    with Records(url) as records:
        outbox = Outbox(records, "mqtt", STATION)
        _fill(records, 2)
        page = outbox.page()
        assert page is not None
        outbox.refuse(page.rows[0], "connect.refused", "no permission")
        (row,) = refused(records.read, sink="mqtt")
        rest = outbox.page()

    assert (row.seq, row.row_id, row.reason) == (1, page.rows[0].row.id, "no permission")
    assert rest is not None
    assert [each.seq for each in rest.rows] == [2]


def test_a_refused_row_is_sent_again_when_asked_for(url: str) -> None:
    """Until it arrives; then nothing of it is left."""
    with Records(url) as records:
        outbox = Outbox(records, "mqtt", STATION)
        _fill(records, 1)
        page = outbox.page()
        assert page is not None
        outbox.refuse(page.rows[0], "connect.refused", "no permission")
        before = outbox.again()
        count = send_again(records.engine, "mqtt")
        rows = outbox.again()
        outbox.arrived(rows[0].seq)

        assert (before, count, rows) == ([], 1, list(page.rows))
        assert not outbox.has_refused


def test_a_row_that_is_gone_is_not_sent_again(tmp_path: Path) -> None:
    """A person deleted it from the database; the list forgets it."""
    with Records(tmp_path / "r.sqlite") as records:
        outbox = Outbox(records, "mqtt", STATION)
        _fill(records, 1)
        page = outbox.page()
        assert page is not None
        outbox.refuse(page.rows[0], "connect.refused", "no permission")
        send_again(records.engine, "mqtt")
        with records.engine.begin() as connection:
            connection.execute(delete(inspections))

        assert outbox.again() == []
        assert not outbox.has_refused


def test_retention_leaves_what_a_sink_has_not_got(url: str) -> None:
    """Nor does it delete what a sink has refused; it counts both."""
    with Records(url) as records:
        outbox = Outbox(records, "mqtt", STATION)
        _fill(records, 4)
        page = outbox.page()
        assert page is not None
        outbox.refuse(page.rows[0], "connect.refused", "no permission")
        outbox.passed(2)
        storing = outbox.store()
        assert storing is not None
        storing.result(10)
        retained = retain(records, RetentionRule(ok_days=1), station=STATION)
        left = [row.seq for row in records.read(inspections.select().order_by("seq"))]

    assert (retained.rows, retained.held, left) == (1, 3, [1, 3, 4])


def test_a_sink_that_is_forgotten_holds_nothing(url: str) -> None:
    """Its cursor and its refused rows are gone, and rules of retention delete again."""
    with Records(url) as records:
        Outbox(records, "old", STATION)
        _fill(records, 2)
        assert least_cursor(records.read, STATION) == 0
        forget(records.engine, "old")

        assert least_cursor(records.read, STATION) is None
        assert retain(records, RetentionRule(ok_days=1), station=STATION).rows == 2


def test_a_sink_that_is_not_there_cannot_be_forgotten(tmp_path: Path) -> None:
    """The name may be misspelt."""
    with Records(tmp_path / "r.sqlite") as records, pytest.raises(MissingError):
        forget(records.engine, "nobody")


def test_a_cursor_is_written_later_where_the_database_refuses_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What failed is repeated with the next one."""
    with Records(tmp_path / "r.sqlite") as records:
        outbox = Outbox(records, "mqtt", STATION)
        _fill(records, 2)
        outbox.passed(1)
        with monkeypatch.context() as patch:
            patch.setattr("okng.records.outbox.outbox.move", _fails)
            storing = outbox.store()
            assert storing is not None
            assert isinstance(storing.exception(10), RecordsError)
        storing = outbox.store()
        assert storing is not None
        storing.result(10)

        assert [each.seq for each in cursors(records.read)] == [1]


def _fails(*_: object) -> None:
    raise RecordsError("The disk is full")
