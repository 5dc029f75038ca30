"""`okng records` verifies, hands on, copies and deletes what a station has on record."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from okng.cli.main import app
from okng.config import StationSettings
from okng.config.station import RecordsFailure, RecordsSection, StationSection
from okng.records import Kind, Records
from okng.records.payloads import Audit
from okng.records.photos import PhotoStore
from okng.records.upkeep import station_records
from okng.testing.station.records import inspection_row


@pytest.fixture
def station(tmp_path: Path) -> Path:
    """The folder of a station that has inspected three parts and was stopped."""
    folder = tmp_path / "station"
    settings = StationSettings(station=StationSection(folder=folder))
    with station_records(settings) as opened:
        opened.records.append(*(inspection_row(serial=f"=A{n}") for n in range(3))).result(10)
    return folder


def _okng(*words: object) -> Result:
    return CliRunner().invoke(app, ["records", *map(str, words)])


def test_verify_states_what_is_proven(station: Path) -> None:
    """As text, and as JSON for programs."""
    text = _okng("verify", "--data", station)
    document = json.loads(_okng("verify", "--data", station, "--json").stdout)

    assert (text.exit_code, "rows 1 to 3 are complete" in text.stdout) == (0, True)
    assert (document["proven"], document["chains"][0]["rows"]) == (True, 3)


def test_a_bad_row_ends_verify_with_an_error(station: Path) -> None:
    """The row is named, the exit code is that of records."""
    with closing(sqlite3.connect(station / "records.sqlite")) as db:
        db.execute("UPDATE inspections SET verdict = 'NG' WHERE seq = 2")
        db.commit()
    result = _okng("verify", "--data", station)

    assert result.exit_code == 5
    assert "row 2" in result.stdout
    assert "do not verify" in result.stderr


def test_photos_are_compared_with_their_digests(station: Path) -> None:
    """Whole, changed and gone ones are counted, and the first bad one is named."""
    store = PhotoStore(station / "photos")
    places = [store.put(bytes([n])) for n in range(3)]
    rows = [inspection_row(photo_place=place.path) for place in places]
    with Records(station / "records.sqlite") as records:
        records.append(*rows).result(10)
    (station / "photos" / places[1].path).write_bytes(b"x")
    (station / "photos" / places[2].path).unlink()
    result = _okng("verify", "--data", station, "--with-photos")
    document = json.loads(_okng("verify", "--data", station, "--with-photos", "--json").stdout)

    assert "1 as they were, 1 changed, 1 gone" in result.stdout
    assert document["photos"]["first"] == rows[1].id


def test_a_key_of_somebody_else_proves_nothing(station: Path, tmp_path: Path) -> None:
    """The key that is given counts, not the one beside the database."""
    other = StationSettings(station=StationSection(folder=tmp_path / "other"))
    with station_records(other):
        pass
    key = tmp_path / "other" / "keys" / "records.pub"

    assert "nothing is proven" in _okng("verify", "--data", station, "--key", key).stdout


def test_a_database_that_is_not_there_is_not_created(tmp_path: Path) -> None:
    """SQLite would make an empty one of a wrong path."""
    for verb in ("verify", "retain", "backup", "export"):
        words = [tmp_path / "out"] if verb in {"backup", "export"} else []
        result = _okng(verb, *words, "--data", tmp_path / "wrong", *(
            ["--keep-days", "1"] if verb == "retain" else []))  # fmt: skip

        assert (result.exit_code, "not there" in result.stderr) == (5, True)
    assert not (tmp_path / "wrong" / "records.sqlite").exists()


def test_an_export_goes_into_another_database(station: Path, tmp_path: Path) -> None:
    """And verifies there by the heads that went with it."""
    assert _okng("export", tmp_path / "out", "--data", station).exit_code == 0
    new = tmp_path / "new"
    imported = _okng("import", tmp_path / "out", "--data", new)
    key = station / "keys" / "records.pub"
    checked = _okng("verify", "--data", new, "--heads", tmp_path / "out", "--key", key)

    assert "3 rows written" in imported.stdout
    assert "rows 1 to 3 are complete" in checked.stdout


def test_an_export_has_a_known_format(station: Path, tmp_path: Path) -> None:
    """Any other is a wrong option."""
    assert _okng("export", tmp_path / "x", "--format", "xml", "--data", station).exit_code == 2


def test_a_backup_is_restored_into_a_new_place_only(station: Path, tmp_path: Path) -> None:
    """A database that is there is not overwritten."""
    assert _okng("backup", tmp_path / "copy", "--data", station).exit_code == 0
    key = station / "keys" / "records.pub"
    words = ("restore", tmp_path / "copy", "--data", tmp_path / "new", "--key", key)

    assert "rows 1 to 3 are complete" in _okng(*words).stdout
    assert _okng(*words).exit_code == 5
    with Records(tmp_path / "new" / "records.sqlite") as records:
        assert records.stations() == ["station-1"]


def test_retain_deletes_by_the_rules_of_the_settings(station: Path) -> None:
    """The rows are of 2023; what is left verifies, and without a rule nothing is done."""
    without = _okng("retain", "--data", station)
    deleted = _okng("retain", "--data", station, "--keep-days", 30)

    assert (without.exit_code, "rule" in without.stderr) == (2, True)
    assert deleted.stdout.startswith("3 inspections")
    assert "3 of them deleted by a rule" in _okng("verify", "--data", station).stdout


def test_a_new_key_is_trusted_by_the_old_one(station: Path, tmp_path: Path) -> None:
    """Who has the old public key verifies heads of the new one."""
    old = (station / "keys" / "records.pub").read_bytes()
    (tmp_path / "old.pub").write_bytes(old)

    assert _okng("rotate-key", "--data", station).exit_code == 0
    assert (station / "keys" / "records.pub").read_bytes() != old
    checked = _okng("verify", "--data", station, "--key", tmp_path / "old.pub")
    assert "rows 1 to 3 are complete" in checked.stdout


def test_heads_are_handed_on_to_another_place(tmp_path: Path) -> None:
    """They verify there; heads that were taken away here are a fault."""
    own = RecordsSection(heads_to=tmp_path / "share")
    settings = StationSettings(station=StationSection(folder=tmp_path / "s"), records=own)
    for _ in range(2):
        with station_records(settings) as opened:
            opened.records.append(inspection_row()).result(10)
    checked = _okng("verify", "--data", tmp_path / "s", "--heads", tmp_path / "share")
    heads = (tmp_path / "s" / "heads" / "heads.jsonl").read_text()

    assert (tmp_path / "share" / "station-1.heads.jsonl").read_text() == heads
    assert "rows 1 to 2 are complete" in checked.stdout
    (tmp_path / "s" / "heads" / "heads.jsonl").write_text("")
    with station_records(settings) as opened:
        opened.schedule.step()
        assert [fault.code for watch in opened.watched if (fault := watch())] == ["records.damaged"]


def test_rows_that_nobody_signed_are_noted_at_the_next_start(station: Path) -> None:
    """Added while the station was stopped, as by somebody who may write to the database."""
    with Records(station / "records.sqlite") as records:
        records.append(inspection_row()).result(10)
    settings = StationSettings(station=StationSection(folder=station))
    for _ in range(2):
        with station_records(settings) as opened:
            (noted,) = opened.records.entries_page(kinds=[Kind.AUDIT]).rows

    assert Audit.of(noted.payload).details == {"signed": "3", "on_record": "4"}


def test_settings_give_spool_store_and_signing(tmp_path: Path) -> None:
    """What `okng.toml` asks for is what is opened."""
    own = RecordsSection(
        sign_every=2, on_failure=RecordsFailure.SPOOL, photo_store=str(tmp_path / "p")
    )
    settings = StationSettings(station=StationSection(folder=tmp_path / "s"), records=own)
    with station_records(settings) as opened:
        opened.records.append(*(inspection_row() for _ in range(3))).result(10)
        opened.photos.put(b"x")

        assert (tmp_path / "s" / "spool.jsonl").exists()
    heads = (tmp_path / "s" / "heads" / "heads.jsonl").read_text().splitlines()
    assert [json.loads(each)["reason"] for each in heads] == ["rows"]
    assert len([each for each in (tmp_path / "p").rglob("*") if each.is_file()]) == 1
