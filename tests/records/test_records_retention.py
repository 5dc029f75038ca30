"""Retention deletes by rule, and leaves what proves it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from okng.records import InspectionFilter, InspectionRow, Kind, Records
from okng.records.payloads import Deletion, Review
from okng.records.photos import PhotoStore
from okng.records.proof import FaultKind
from okng.records.upkeep import RetentionRule, retain, retain_photos, retention
from okng.testing.station.records import entry, inspection_row

DAY = 86_400_000_000
NOW = 1_700_000_000_000_000 + 1000 * DAY
RULE = RetentionRule(ok_days=30, rejected_days=365)


def _row(
    days: int, verdict: str = "OK", photo: str | None = None, **given: object
) -> InspectionRow:
    return inspection_row(
        time_us=NOW - days * DAY, verdict=verdict, photo_place=photo,
        photo_digest=photo and photo.rpartition("/")[2].partition(".")[0], **given,
    )  # fmt: skip


def test_rows_go_by_age_and_verdict_and_the_chain_stays_whole(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In several batches; what stays is what the rules let stay, reviews included."""
    monkeypatch.setattr(retention, "BATCH", 3)
    rows = [
        _row(days, verdict) for days in (400, 40, 20) for verdict in ("OK", "NG", "REVIEW", "OK")
    ]
    review = entry(Kind.REVIEW, subject=rows[1].id, payload=Review(truth="NG").text())
    with Records(url) as records:
        records.append(*rows, review).result(10)
        result = retain(records, RULE, station="station-1", now_us=NOW)
        left = [records.inspection(row.id) for row in rows]
        deletions = records.entries_page(kinds=[Kind.DELETION]).rows
        checked = records.verify([], frozenset())

        assert records.entries_of(rows[1].id) == [review]
        assert not records.page(InspectionFilter(reviewed=True)).rows
    stays = [False] * 4 + [False, True, True, False] + [True] * 4
    assert [row is not None for row in left] == stays
    assert result.rows == stays.count(False) == sum(Deletion.of(d.payload).rows for d in deletions)
    assert (checked.intact, checked.chains[0].deleted) == (True, 6)
    assert "OK older than 30 days" in {Deletion.of(each.payload).rule for each in deletions}


def test_without_a_rule_nothing_goes(tmp_path: Path) -> None:
    """The default is to store for ever."""
    with Records(tmp_path / "r.sqlite") as records:
        records.append(_row(9999)).result(10)

        assert retain(records, RetentionRule(), station="station-1", now_us=NOW).rows == 0


def test_what_a_rule_deleted_differs_from_what_is_gone(tmp_path: Path) -> None:
    """A tombstone without its deletion is no rule."""
    file = tmp_path / "r.sqlite"
    with Records(file) as records:
        records.append(*(_row(400) for _ in range(3)), _row(1)).result(10)
        retain(records, RULE, station="station-1", now_us=NOW)
    with closing(sqlite3.connect(file)) as db:
        db.execute("DELETE FROM tombstones WHERE seq = 2")
        db.commit()
    with Records(file) as records:
        (chain,) = records.verify([], frozenset()).chains

    assert chain.fault is not None
    assert (chain.fault.kind, chain.fault.seq) == (FaultKind.MISSING, 2)


def test_a_photo_that_another_inspection_uses_stays(tmp_path: Path) -> None:
    """The others go with their inspections, heatmaps too."""
    store = PhotoStore(tmp_path / "photos")
    shared, own, heat = (store.put(content) for content in (b"\xff\xd8\xffa", b"\xff\xd8\xffb",
                                                           b"\x89PNG\r\n\x1a\nc"))  # fmt: skip
    rows = [_row(400, photo=shared.path), _row(400, photo=own.path, heatmap_digest=heat.digest),
            _row(1, photo=shared.path)]  # fmt: skip
    with Records(tmp_path / "r.sqlite") as records:
        records.append(*rows).result(10)
        result = retain(records, RULE, store, station="station-1", now_us=NOW)

    assert (result.rows, result.photos, result.bytes) == (2, 2, 13)
    assert [store.size(each.path) for each in (shared, own, heat)] == [4, None, None]


def test_photos_beyond_the_size_go_oldest_ok_parts_first(tmp_path: Path) -> None:
    """The inspections stay; an entry seals which photos went."""
    store = PhotoStore(tmp_path / "photos")
    places = [store.put(b"\xff\xd8\xff" + bytes([n])) for n in range(4)]
    verdicts = ["NG", "OK", "OK", "OK"]
    rows = [_row(9 - n, v, p.path) for n, (v, p) in enumerate(zip(verdicts, places, strict=True))]
    with Records(tmp_path / "r.sqlite") as records:
        records.append(*rows).result(10)
        result = retain_photos(records, store, 9, station="station-1", now_us=NOW)
        (deletion,) = records.entries_page(kinds=[Kind.DELETION]).rows

        assert retain_photos(records, store, 9, station="station-1", now_us=NOW).photos == 0
        assert len(records.page(InspectionFilter()).rows) == 4
        assert records.verify([], frozenset()).intact
    assert [store.size(place.path) for place in places] == [4, None, None, 4]
    assert (result.photos, Deletion.of(deletion.payload).photos) == (2, 2)
