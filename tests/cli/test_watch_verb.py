"""`okng watch`: one command from a folder of photos to sorted ones, a table and records."""

import csv
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from okng.cli.main import app
from okng.connect import drift
from okng.records import Records
from okng.records.queries import InspectionFilter
from okng.station.drift_alarm import DriftWatcher
from okng.testing import BrightnessSession, grey_photo


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two good parts, a bad one, and one that is no photo."""
    folder = tmp_path / "incoming"
    folder.mkdir()
    for name, content in {"1.png": grey_photo(20), "2.png": grey_photo(30),
                          "3.png": grey_photo(200), "4.png": b"no photo"}.items():  # fmt: skip
        (folder / name).write_bytes(content)
    return folder


def watch(folder: Path, model: Path, *more: object) -> Result:
    """Run it until the folder is empty."""
    arguments = ["watch", folder, "--model", model, "--until", "empty",
                 "--data", folder.parent / "station", *more]  # fmt: skip
    return CliRunner().invoke(app, list(map(str, arguments)))


def test_photos_end_in_folders_table_and_records(
    folder: Path, exported: Path, session: BrightnessSession
) -> None:
    """Each photo in each of the three, with one verdict."""
    result = watch(folder, exported)

    assert result.exit_code == 0, result.output
    sorted_by_name = {p.name: p.parent.name for p in folder.glob("*/*.png")}
    assert sorted_by_name == {"1.png": "ok", "2.png": "ok", "3.png": "ng", "4.png": "error"}
    with (folder / "verdicts.csv").open(encoding="utf-8", newline="") as file:
        table = {row["path"]: row for row in csv.DictReader(file)}
    assert {name: row["verdict"].lower() for name, row in table.items()} == sorted_by_name
    assert table["4.png"]["error"] == "photo.no-photo"
    with Records(folder.parent / "station/records.sqlite") as records:
        rows = records.page(InspectionFilter()).rows
    assert {row.id for row in rows} == {row["id"] for row in table.values()}
    assert "4 photos: 2 OK, 1 NG, 1 ERROR" in result.output


def test_drift_raises_an_alarm(
    folder: Path, exported: Path, session: BrightnessSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the drift alarm of the station finds is reported, as by `okng run`."""
    reported: list[DriftWatcher | None] = []
    monkeypatch.setattr(drift, "report_drift", lambda station, _: reported.append(station.drift))
    watch(folder, exported)

    assert [type(watcher) for watcher in reported] == [DriftWatcher]


def test_photos_may_stay(folder: Path, exported: Path, session: BrightnessSession) -> None:
    """And a second run judges none of them again; the table may be elsewhere."""
    table = folder.parent / "verdicts.csv"
    for _ in range(2):
        assert watch(folder, exported, "--after", "leave", "--csv", table).exit_code == 0

    assert len(list(folder.iterdir())) == 4
    assert len(table.read_text().splitlines()) == 5
    assert sum(session.batches) > 0


@pytest.mark.parametrize(
    ("flags", "fault"),
    [
        (("--after", "burn"), "after"),
        (("--poll", "soon"), "poll"),
        (("--serial", "("), "no regular expression"),
        (("--csv", "other.csv"), "another table"),
    ],
)
def test_mistakes_are_found_before_a_photo_is_moved(
    folder: Path,
    exported: Path,
    session: BrightnessSession,
    monkeypatch: pytest.MonkeyPatch,
    flags: tuple[str, str],
    fault: str,
) -> None:
    """With a sentence and an exit code, and no traceback."""
    monkeypatch.chdir(folder.parent)
    Path("other.csv").write_text("a,b\n")
    result = watch(folder, exported, *flags)

    assert result.exit_code == 2
    assert fault in result.output
    assert not list(folder.glob("*/*.png"))


def test_folder_that_is_not_there_is_named(tmp_path: Path, exported: Path) -> None:
    """It is not made: it would be the wrong one."""
    result = watch(tmp_path / "nowhere", exported)

    assert result.exit_code == 2
    assert "There is no such folder" in result.output
