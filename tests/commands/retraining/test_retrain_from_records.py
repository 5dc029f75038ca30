"""A network that learns as a whole is trained anew with what a station has on record."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

import okng
from okng.cli.main import app
from okng.commands.retrain import Retrained, retrain
from okng.commands.train import Run
from okng.config import StationSettings
from okng.errors import ConfigError, TrainingError
from okng.evaluation.results.gate import GateCheck
from okng.records import Kind, Records, Role
from okng.records.payloads import MasterPartChange, Review, Truth
from okng.records.photos import PhotoStore
from okng.testing import Defect, draw_part
from okng.testing.folders import encode
from okng.testing.station.records import entry, inspection_row
from okng.testing.station.stations import station_settings

NEW = 12


class Line:
    """A station in a folder, whose records a test fills."""

    def __init__(self, folder: Path) -> None:
        self.settings = station_settings(folder)
        folder.mkdir()
        self._photos = PhotoStore(folder / "photos")
        self.records = Records(folder / "records.sqlite")

    def judged(self, data: bytes, verdict: str, **given: Any) -> str:
        """Put an inspection with its photo on record; its identifier."""
        place = self._photos.put(data)
        row = inspection_row(
            photo_digest=place.digest, photo_place=place.path, verdict=verdict, **given
        )
        self.records.append(row).result()
        return row.id

    def reviewed(self, data: bytes, verdict: str, truth: Truth, serial: str) -> None:
        """The same, and a person says what it is."""
        identifier = self.judged(data, verdict, serial=serial)
        review = Review(truth=truth)
        row = entry(Kind.REVIEW, subject=identifier, payload=review.text())
        self.records.append(row).result()

    def master(self, data: bytes, truth: Truth, serial: str) -> None:
        """A master part that a check has shown."""
        change = MasterPartChange(action="added", truth=truth)
        row = entry(Kind.MASTER_PART, subject=serial, payload=change.text())
        self.records.append(row).result()
        self.judged(data, truth, serial=serial, role=Role.MASTER)


def photo(seed: int, *, defective: bool) -> bytes:
    """A photo of a part that no other test draws."""
    return encode(draw_part(seed, Defect.CHIPPED_EDGE if defective else None, size=64).photo)


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """Twelve reviewed parts, of which one escaped, and two master parts."""
    line = Line(tmp_path_factory.mktemp("line") / "station")
    with line.records:
        for number in range(NEW):
            bad = number % 2 == 1
            verdict = "OK" if number == 1 else "NG" if bad else "OK"
            data = photo(7000 + number, defective=bad)
            line.reviewed(data, verdict, "NG" if bad else "OK", f"S{number}")
        line.master(photo(8000, defective=False), "OK", "M1")
        line.master(photo(8001, defective=True), "NG", "M2")
        yield line


@pytest.fixture(scope="module")
def done(run: Run, line: Line, tmp_path_factory: pytest.TempPathFactory) -> Retrained:
    """A plain CNN, retrained with what is on record."""
    out = tmp_path_factory.mktemp("anew") / "run"
    return retrain(
        run.folder, station=line.settings, out=out, train_anew=okng.train, progress=False
    )


def check(done: Retrained, rule: str) -> GateCheck:
    """One check of the gate."""
    return next(check for check in done.gate.checks if check.rule == rule)


def test_the_whole_network_is_trained_anew(done: Retrained, run: Run) -> None:
    """With the settings of the champion, on old and new photos, and with the same test."""
    before, after = (pd.read_csv(folder.manifest) for folder in (run, done.run))
    tested = [set(table.query("split == 'test'")["sha256"]) for table in (before, after)]

    assert done.retraining.anew
    assert tested[0] == tested[1]
    assert len(before) < len(after) <= len(before) + NEW
    assert done.run.metrics["settings"]["model"]["filters"] == 8


def test_new_parts_are_set_aside_for_the_gate(done: Retrained) -> None:
    """Neither network has learned them, and both have judged them."""
    recent = check(done, "recent")
    learned = done.retraining.photos

    assert 0 < recent.photos < NEW
    assert recent.photos + learned + len(pd.read_csv(done.run.manifest).query("split == 'test'")) \
        == 80 + NEW  # fmt: skip


def test_escapes_and_master_parts_come_from_the_records(done: Retrained) -> None:
    """One part escaped, and two master parts have photos of a check."""
    assert check(done, "known-escapes").photos == 1
    assert check(done, "master-parts").photos == 2


def test_photos_of_the_records_stay_in_the_run_folder(done: Retrained) -> None:
    """With the manifest that names their inspections: which review taught what can be told."""
    table = pd.read_csv(done.run.reviewed / "manifest.csv")

    assert len(table) == NEW
    assert all((done.run.reviewed / path).exists() for path in table["path"])


def test_without_a_way_to_train_such_a_network_is_refused(
    run: Run, line: Line, tmp_path: Path
) -> None:
    """The error states what is missing."""
    with pytest.raises(TrainingError, match="Layers of this network learn"):
        retrain(run.folder, station=line.settings, out=tmp_path / "out", progress=False)


def test_nothing_to_learn_from_is_an_error(run: Run, tmp_path: Path) -> None:
    """Neither records nor photos were named."""
    with pytest.raises(ConfigError, match="nothing to learn from"):
        retrain(run.folder, out=tmp_path / "out", progress=False)


def test_the_command_line_retrains_promotes_and_rolls_back(
    run: Run, line: Line, done: Retrained, settings_of_line: StationSettings
) -> None:
    """Promotion is refused or on record as the gate says; nothing else decides it."""
    data = str(settings_of_line.station.folder)
    given = ["--data", data, "--reason", "learned"]
    promoted = CliRunner().invoke(app, ["promote", str(done.run.folder), *given, "--by", "erika"])
    back = CliRunner().invoke(app, ["roll-back", *given])
    kinds = [row.kind for row in line.records.entries_page(kinds=(Kind.PROMOTION,), limit=9).rows]

    assert promoted.exit_code == (0 if done.gate.passed else 2), promoted.output
    assert (back.exit_code == 0) == done.gate.passed, back.output
    assert len(kinds) == (2 if done.gate.passed else 0)


@pytest.fixture
def settings_of_line(line: Line, run: Run) -> StationSettings:
    """The station was started once with the champion."""
    from okng.station.opening import opened  # noqa: PLC0415 - one test needs it

    with opened(line.settings, [run.model_file]):
        pass
    return line.settings
