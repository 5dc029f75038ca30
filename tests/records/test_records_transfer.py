"""Exports, imports and backups: what comes out goes in again, and its chains verify."""

import csv
import json
import shutil
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from okng.errors import OkngError, RecordsConflictError, RecordsError
from okng.records import InspectionFilter, Kind, Records, Role
from okng.records.payloads import Review
from okng.records.proof import HeadSigner, Keys, read_heads, station_keys
from okng.records.transfer import ExportFormat, back_up, export, import_export, restore
from okng.records.transfer.cells import from_cell, to_cell
from okng.records.upkeep import RetentionRule, retain
from okng.testing.station.records import entry, inspection_row

NASTY = [
    "=1+1",
    "+49 30",
    "-5",
    "@x",
    "\tx",
    "\rx",
    "'x",
    "",
    'a,b;"c"\nd',
    "Größe",
    "\N{FULLWIDTH EQUALS SIGN}1",
    "007",
]
NOW = 1_800_000_000_000_000


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    """Of the station."""
    return station_keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def source(keys: Keys, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Records]:
    """Records of two stations with nasty serials, reviews and deleted rows."""
    folder = tmp_path_factory.mktemp("source")
    signer = HeadSigner(folder / "heads", keys)
    rows = [
        inspection_row(serial=text, verdict="NG", time_us=NOW + n) for n, text in enumerate(NASTY)
    ]
    with Records(folder / "r.sqlite", committed=signer.committed) as records:
        records.append(*(inspection_row(verdict="OK") for _ in range(3))).result(10)
        records.append(
            *rows, inspection_row(station="other", role=Role.SHADOW, verdict="NG")
        ).result(10)
        for row in rows[:2]:
            review = Review(truth="OK", note="=HYPERLINK()")
            records.append(entry(Kind.REVIEW, subject=row.id, payload=review.text())).result(10)
        retain(records, RetentionRule(ok_days=1), station="station-1", now_us=NOW)
        yield records


def _folder(records: Records) -> Path:
    return Path(records.engine.url.database or "").parent


def _export(
    records: Records,
    folder: Path,
    form: ExportFormat,
    since: int | None = None,
    until: int | None = None,
) -> None:
    with records.engine.connect() as connection:
        heads = _folder(records) / "heads"
        export(connection, folder, form, heads=heads, since_us=since, until_us=until)


@pytest.mark.parametrize("form", list(ExportFormat))
def test_an_import_gives_the_same_rows_and_chains(
    source: Records, keys: Keys, url: str, tmp_path: Path, form: ExportFormat
) -> None:
    """Into either database: rows, tombstones, reviews, statistics, and the proof by the heads."""
    _export(source, tmp_path / "export", form)
    with Records(url) as target:
        imported = import_export(target.engine, tmp_path / "export")
        trusted = frozenset({keys.sign(b"").key})
        everything = InspectionFilter(role=None)

        assert target.page(everything) == source.page(everything)
        assert target.verify(read_heads(tmp_path / "export"), trusted).proven
        assert target.statistics(NOW, NOW + 99).counts == source.statistics(NOW, NOW + 99).counts
        again = import_export(target.engine, tmp_path / "export")
    assert (imported.stations, imported.known) == (("other", "station-1"), 0)
    assert (again.rows, again.known) == (0, imported.rows)


def test_no_cell_of_a_csv_export_runs_in_a_spreadsheet(source: Records, tmp_path: Path) -> None:
    """A risky text has an apostrophe before it; a number has none."""
    _export(source, tmp_path / "export", ExportFormat.CSV)
    for file in (tmp_path / "export").glob("*.csv"):
        with file.open(encoding="utf-8-sig", newline="") as stream:
            cells = [cell for row in csv.reader(stream) for cell in row]
        risky = [c for c in cells if c[:1] in tuple("=+-@\t\r") and not c.lstrip("+-").isdigit()]

        assert risky == []


@pytest.mark.parametrize("text", [*NASTY, "''", "-1.5", "-1.5.2", "=", "\n"])
def test_a_cell_reads_back_as_it_was(text: str) -> None:
    """Whatever stands in it; no value is an empty cell."""
    assert from_cell(to_cell(text)) == text
    assert from_cell(to_cell(None)) is None


def test_a_later_export_continues_an_imported_chain(tmp_path: Path) -> None:
    """Only what came since is written."""
    with Records(tmp_path / "a.sqlite") as source, Records(tmp_path / "b.sqlite") as target:
        for name in ("first", "second"):
            source.append(inspection_row(), inspection_row()).result(10)
            _export(source, tmp_path / name, ExportFormat.CSV)
            result = import_export(target.engine, tmp_path / name)

            assert (result.rows, target.verify([], frozenset()).intact) == (2, True)


def test_an_export_of_a_period_is_not_imported(source: Records, tmp_path: Path) -> None:
    """Its chain has no begin."""
    _export(source, tmp_path / "export", ExportFormat.CSV, NOW + 2, NOW + 4)
    with (tmp_path / "export" / "inspections.csv").open(encoding="utf-8-sig") as stream:
        assert len(list(csv.DictReader(stream))) == 2

    with Records(tmp_path / "r.sqlite") as target, pytest.raises(RecordsError, match="period"):
        import_export(target.engine, tmp_path / "export")


def test_a_changed_export_is_refused(source: Records, tmp_path: Path) -> None:
    """A file whose digest differs is not read; one with a right digest and a wrong row breaks."""
    _export(source, tmp_path / "export", ExportFormat.CSV)
    file = tmp_path / "export" / "inspections.csv"
    file.write_bytes(file.read_bytes().replace(b",NG,", b",OK,", 1))
    with Records(tmp_path / "r.sqlite") as target:
        with pytest.raises(RecordsError, match="changed"):
            import_export(target.engine, tmp_path / "export")
        _sign_anew(tmp_path / "export")
        with pytest.raises(RecordsError, match="breaks at row"):
            import_export(target.engine, tmp_path / "export")


def test_another_chain_of_that_station_is_not_mixed_in(source: Records, tmp_path: Path) -> None:
    """Two stations of one name are a conflict."""
    _export(source, tmp_path / "export", ExportFormat.CSV)
    with Records(tmp_path / "r.sqlite") as target:
        target.append(inspection_row(station="other")).result(10)
        with pytest.raises(RecordsConflictError, match="another chain of other"):
            import_export(target.engine, tmp_path / "export")


def test_a_folder_with_files_takes_no_export(source: Records, tmp_path: Path) -> None:
    """Nothing is overwritten."""
    (tmp_path / "x").write_text("x")
    with pytest.raises(RecordsError, match="not empty"):
        _export(source, tmp_path, ExportFormat.CSV)


def test_a_backup_while_writing_restores_and_verifies(
    request: pytest.FixtureRequest, tmp_path: Path, url: str, keys: Keys
) -> None:
    """Rows go on arriving; the copy is whole, and its heads prove it."""
    trusted = frozenset({keys.sign(b"").key})
    signer = HeadSigner(tmp_path / "heads", keys)
    with Records(url, committed=signer.committed) as records:
        records.append(*(inspection_row() for _ in range(20))).result(10)
        later = [records.append(inspection_row()) for _ in range(50)]
        back_up(url, tmp_path / "backup", heads=tmp_path / "heads")
        for future in later:
            future.result(10)
    target = f"sqlite:///{tmp_path}/restored.sqlite"
    if url.startswith("postgresql"):
        server = request.getfixturevalue("postgres_server")
        target = server.new_database(f"restored_{uuid.uuid4().hex}")
    result = restore(tmp_path / "backup", target, trusted=trusted)

    assert result.intact
    assert 20 <= result.chains[0].proven <= result.chains[0].rows
    with Records(target) as records:
        assert records.append(inspection_row()).result(10)[0].seq == result.chains[0].rows + 1
    with pytest.raises(RecordsConflictError):
        restore(tmp_path / "backup", target, trusted=trusted)


def test_a_damaged_backup_is_not_restored(source: Records, tmp_path: Path) -> None:
    """The target stays empty, and the error names the first bad row."""
    copy = back_up(_folder(source) / "r.sqlite", tmp_path / "backup")
    with closing(sqlite3.connect(copy)) as db:
        db.execute("UPDATE inspections SET verdict = 'OK' WHERE seq = 7")
        db.commit()
    with pytest.raises(RecordsError, match="row 7") as caught:
        restore(tmp_path / "backup", tmp_path / "new.sqlite", trusted=frozenset())

    assert caught.value.code == "records.damaged"
    assert not (tmp_path / "new.sqlite").exists()


def test_without_pg_dump_the_error_gives_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And no password."""
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    monkeypatch.setattr("okng.records.transfer.backup._debian", lambda _name: None)
    with pytest.raises(OkngError, match="pg_dump --format=custom") as caught:
        back_up("postgresql://me:secret@host/name", tmp_path / "backup")

    assert "secret" not in caught.value.message


def _sign_anew(folder: Path) -> None:
    from okng.records.transfer.export import digest_of  # noqa: PLC0415

    document = json.loads((folder / "export.json").read_text())
    document["digests"] = {name: digest_of(folder / name) for name in document["digests"]}
    (folder / "export.json").write_text(json.dumps(document))
