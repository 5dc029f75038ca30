"""Pages of inspections: newest first, filtered, stable while rows arrive."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from okng.errors import StationError
from okng.records import Entry, InspectionFilter, InspectionRow, Kind, Records, Role
from okng.records.payloads import Review
from okng.records.queries import pages
from okng.testing.station.records import entry, inspection_row

Holds = Callable[[InspectionRow, int], bool]
VERDICTS = ("OK", "OK", "NG", "REVIEW")


@pytest.fixture(scope="module")
def rows() -> list[InspectionRow]:
    """60 inspections of two stations; time and identifier rise."""
    return [
        inspection_row(
            station=f"s{n % 2}",
            verdict=VERDICTS[n % 4],
            serial=f"A{n // 10}-{n % 10}" if n % 3 else None,
            batch=f"b{n % 5}",
            model_digest=("m" if n < 40 else "n") * 64,
            role=(Role.LIVE, Role.LIVE, Role.SHADOW)[n % 3],
        )
        for n in range(60)
    ]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def records(
    request: pytest.FixtureRequest,
    rows: list[InspectionRow],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Records]:
    """These on record; every sixth is reviewed."""
    reviews = [
        entry(Kind.REVIEW, station=row.station, subject=row.id, payload=payload.text())
        for n, row in enumerate(rows[::6])
        for payload in (Review(truth="OK"), Review(truth="NG", label=f"dent{n % 2}"))
    ]
    if request.param == "sqlite":
        url = str(tmp_path_factory.mktemp("records") / "r.sqlite")
    else:
        url = request.getfixturevalue("postgres_server").new_database("pages")
    with Records(url) as opened:
        opened.append(*rows).result(10)
        opened.append(*reviews).result(10)
        yield opened


def _all(records: Records, wanted: InspectionFilter, limit: int = 7) -> list[InspectionRow]:
    shown: list[InspectionRow] = []
    cursor = None
    while True:
        page = records.page(wanted, limit, cursor)
        shown += page.rows
        cursor = page.next
        if cursor is None:
            return shown


@pytest.mark.parametrize(
    ("wanted", "holds"),
    [
        (InspectionFilter(), lambda _r, _n: True),
        (InspectionFilter(station="s1"), lambda r, _n: r.station == "s1"),
        (InspectionFilter(role=None), lambda _r, _n: True),
        (InspectionFilter(role=Role.SHADOW), lambda _r, _n: True),
        (InspectionFilter(verdicts=frozenset({"NG", "OK"})), lambda r, _n: r.verdict in "NG OK"),
        (InspectionFilter(serial="A1-0"), lambda r, _n: r.serial == "A1-0"),
        (InspectionFilter(serial_prefix="A1"), lambda r, _n: (r.serial or "").startswith("A1")),
        (InspectionFilter(batch="b2", station="s0"), lambda r, n: n % 5 == 2 and r.station == "s0"),
        (InspectionFilter(model_digest="n" * 64), lambda _r, n: n >= 40),
        (InspectionFilter(reviewed=True), lambda _r, n: n % 6 == 0),
        (InspectionFilter(reviewed=False), lambda _r, n: n % 6 != 0),
        (InspectionFilter(reviewed=False, verdicts=frozenset({"REVIEW"})),
         lambda r, n: n % 6 != 0 and r.verdict == "REVIEW"),
        (InspectionFilter(label="dent1"), lambda _r, n: n % 12 == 6),
        (InspectionFilter(label="dent1", station="s1"), lambda _r, _n: False),
    ],
)  # fmt: skip
def test_pages_hold_what_is_wanted_newest_first(
    records: Records, rows: list[InspectionRow], wanted: InspectionFilter, holds: Holds
) -> None:
    """All pages together are the wanted rows, each once; the count agrees."""
    role = wanted.role
    expected = [
        row for n, row in enumerate(rows) if holds(row, n) and (role is None or row.role is role)
    ][::-1]

    assert _all(records, wanted) == expected
    assert records.count(wanted) == (len(expected), True)


def test_very_many_serials_are_in_their_own_order(
    records: Records, rows: list[InspectionRow], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Finding the newest of them would read all; each is on one page."""
    monkeypatch.setattr(pages, "_FEW", 5)
    expected = sorted((row for row in rows if row.serial and row.role is Role.LIVE),
                      key=lambda row: (row.serial, row.time_us), reverse=True)  # fmt: skip

    assert _all(records, InspectionFilter(serial_prefix="A")) == expected


def test_a_period_bounds_a_page(records: Records, rows: list[InspectionRow]) -> None:
    """The begin belongs to it, the end does not."""
    wanted = InspectionFilter(role=None, since_us=rows[10].time_us, until_us=rows[13].time_us)

    assert _all(records, wanted) == rows[10:13][::-1]


def test_counting_ends_at_a_limit(records: Records) -> None:
    """More than the limit is said to be more, not counted."""
    assert records.count(InspectionFilter(), most=9) == (9, False)


def test_rows_that_arrive_do_not_move_later_pages(tmp_path: Path) -> None:
    """The second page begins behind the first one, whatever came in between."""
    first, later = [inspection_row() for _ in range(4)], inspection_row()
    with Records(tmp_path / "r.sqlite") as records:
        records.append(*first).result(10)
        page = records.page(InspectionFilter(), 2)
        records.append(later).result(10)

        assert list(records.page(InspectionFilter(), 2, page.next).rows) == first[1::-1]


@pytest.mark.parametrize(
    "cursor", ["x", "bnVsbA", "WzEsMl0", "WyJhIiwiYiIsbnVsbF0", "WzEsImEiLDFd", "é", "W10" * 99]
)
def test_a_forged_cursor_is_refused(records: Records, cursor: str) -> None:
    """Whatever is handed in as a cursor ends in an error for the client, and no other."""
    with pytest.raises(StationError, match="cursor"):
        records.page(InspectionFilter(), cursor=cursor)


def test_a_page_holds_the_reviews_of_its_rows(records: Records, rows: list[InspectionRow]) -> None:
    """The last review of an inspection counts."""
    page = records.page(InspectionFilter(label="dent1"), 1)

    assert page.reviews == {page.rows[0].id: ("NG", "dent1")}


def test_a_withdrawn_review_opens_the_inspection_again(tmp_path: Path) -> None:
    """Undo: the inspection waits for a review as before."""
    row = inspection_row(verdict="REVIEW")
    waiting = InspectionFilter(reviewed=False, verdicts=frozenset({"REVIEW"}))
    seen = []
    with Records(tmp_path / "r.sqlite") as records:
        records.append(row).result(10)
        for review in (Review(truth="OK"), Review(truth=None)):
            records.append(_review(row, review)).result(10)
            seen.append(len(records.page(waiting).rows))

    assert seen == [0, 1]


def test_an_inspection_comes_with_all_that_followed(tmp_path: Path) -> None:
    """Its place in the chain, its entries, its shadows and the review that counts."""
    row = inspection_row(verdict="NG")
    shadow = inspection_row(role=Role.SHADOW, live_id=row.id)
    review = _review(row, Review(truth="NG", label="dent"))
    with Records(tmp_path / "r.sqlite") as records:
        links = records.append(row, shadow, review).result(10)
        detail = records.detail(row.id)

        assert records.detail("missing") is None
    assert detail is not None
    assert (detail.inspection, detail.link) == (row, links[0])
    assert (detail.entries, detail.shadows) == ([review], [shadow])
    assert detail.review == ("NG", "dent")


def test_the_audit_log_is_read_in_pages(tmp_path: Path) -> None:
    """Entries of the wanted kinds, newest first."""
    rows = [entry((Kind.AUDIT, Kind.BYPASS)[n % 2]) for n in range(10)]
    with Records(tmp_path / "r.sqlite") as records:
        records.append(*rows).result(10)
        first = records.entries_page(kinds=[Kind.AUDIT], limit=3)
        second = records.entries_page(kinds=[Kind.AUDIT], limit=3, cursor=first.next)

        assert len(records.entries_page().rows) == 10
    assert [*first.rows, *second.rows] == rows[::2][::-1]
    assert second.next is None


def _review(row: InspectionRow, review: Review) -> Entry:
    return entry(Kind.REVIEW, station=row.station, subject=row.id, payload=review.text())
