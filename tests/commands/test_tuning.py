"""From photos to a study, and from a study to a run."""

import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from okng import config
from okng.commands.train import Run, train
from okng.commands.tune import Tuning, tune
from okng.dataset import Dataset, read_manifest
from okng.errors import ConfigError, TrainingError
from okng.runs.layout import RunFolder
from okng.runs.opening import open_run
from okng.testing import RecordingProgress, write_folder
from okng.training.tuning import find_study
from okng.training.tuning.reuse import find_tuned, keep_study

CNN: dict[str, Any] = {"model": "cnn", "image_size": 32, "depth": 2, "epochs": 1, "no_near": True}
FREE = {"filters", "dense_units", "dropout", "lr", "batch_size"}


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """24 parts."""
    return write_folder(tmp_path_factory.mktemp("parts"), good=12, defective=12, size=32)


@pytest.fixture(scope="module")
def tuned(parts: Path, tmp_path_factory: pytest.TempPathFactory) -> Tuning:
    """A study of three trials."""
    return tune(parts, out=tmp_path_factory.mktemp("tune"), trials=3, folds=2, **CNN)


@pytest.fixture(scope="module")
def from_study(parts: Path, tuned: Tuning, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run with its best settings, but one that is given."""
    out = tmp_path_factory.mktemp("run") / "tuned"
    return train(parts, out=out, from_study=tuned.folder, dropout=0.45)


def test_study_leaves_its_files(tuned: Tuning) -> None:
    """What was tried, what was best, and a page."""
    expected = {"study.db", "study.json", "trials.csv", "best.toml", "tuning.html", "history.png",
                "manifest.csv", "audit.json"}  # fmt: skip

    assert expected <= {path.name for path in tuned.folder.iterdir()}
    assert not list(tuned.folder.glob("trial-*"))
    table = pd.read_csv(tuned.folder / "trials.csv")
    assert len(table) == 3
    assert set(table) >= {"number", "state", "value", *FREE, "fold_1", "fold_2", "seconds"}


@pytest.mark.parametrize("other", [{"study": "mine"}, {"storage": "elsewhere.db"}])
def test_results_of_a_study_are_not_overwritten(
    tuned: Tuning, parts: Path, other: dict[str, Any]
) -> None:
    """Another study, or one of the same name in another database, takes another folder."""
    before = (tuned.folder / "best.toml").read_bytes()

    with pytest.raises(ConfigError, match=f"holds the study {parts.name} "):
        tune(parts, out=tuned.folder, trials=1, folds=2, **other, **CNN)
    assert (tuned.folder / "best.toml").read_bytes() == before


def test_best_settings_are_those_of_the_best_trial(tuned: Tuning) -> None:
    """As a settings file that a training takes; what was given stays."""
    best = config.load(tuned.folder / "best.toml")

    assert best == tuned.settings
    assert best.model.dropout == tuned.study["best"]["values"]["dropout"]
    assert (best.model.depth, best.training.epochs) == (2, 1)


def test_test_photos_stay_out_of_it(tuned: Tuning) -> None:
    """The folds are made of training and validation; the test is the one of a run."""
    dataset = read_manifest(tuned.folder / "manifest.csv", tuned.folder)
    counts = tuned.study["counts"]

    assert counts["photos"] + counts["test"] == len(dataset)
    assert counts["test"] == len(dataset.select("test")) > 0
    assert tuned.study["photos"] == dataset.select("train", "val").digest


@pytest.mark.slow
def test_run_takes_the_settings_and_what_is_given_wins(from_study: Run, tuned: Tuning) -> None:
    """And says so in its folder."""
    settings = config.load(from_study.settings)
    kept = json.loads((from_study.tuning / "study.json").read_text())

    assert settings.model.filters == tuned.study["best"]["values"]["filters"]
    assert settings.model.dropout == 0.45
    assert kept["given"] == ["dropout"]
    assert kept["study"] == tuned.study["study"]
    assert kept["same_test"] is True


@pytest.mark.slow
def test_test_of_the_run_is_the_one_that_was_set_aside(from_study: Run, tuned: Tuning) -> None:
    """Photo by photo."""
    splits: list[Dataset] = [
        read_manifest(folder / "manifest.csv", folder).select("test")
        for folder in (from_study.folder, tuned.folder)
    ]

    assert [p.sha256 for p in splits[0].photos] == [p.sha256 for p in splits[1].photos]


@pytest.mark.slow
def test_report_of_the_run_shows_the_study(from_study: Run) -> None:
    """With its pictures."""
    page = from_study.report.read_text()

    assert ">3.1 Tuning<" in page
    assert "The best of 3 trials" in page
    assert "dropout" in page
    assert (from_study.tuning / "history.png").exists()
    assert "not the one that the study set aside" not in page


def test_another_test_than_the_study_had_is_told(tuned: Tuning, tmp_path: Path) -> None:
    """Photos that chose the settings would be tested."""
    dataset = read_manifest(tuned.folder / "manifest.csv", tuned.folder)
    photos = tuple(replace(p, split="train" if p.split == "test" else "test")
                   for p in dataset.photos)  # fmt: skip
    watcher, run = RecordingProgress(), RunFolder(tmp_path)
    keep_study(find_tuned(tuned.folder, ()), replace(dataset, photos=photos), run, watcher)

    assert json.loads((run.tuning / "study.json").read_text())["same_test"] is False
    assert watcher.sentences[-1].startswith("TUNING: the test photos are not those")


def test_study_on_other_photos_is_refused(tuned: Tuning, tmp_path: Path) -> None:
    """Before anything in its folder changes."""
    other = write_folder(tmp_path / "other", good=12, defective=12, size=32, seed=99)
    before = (tuned.folder / "manifest.csv").read_bytes()

    with pytest.raises(ConfigError, match="photos: the study was made on"):
        tune(other, out=tuned.folder, study=tuned.study["study"], trials=3, folds=2, **CNN)
    assert (tuned.folder / "manifest.csv").read_bytes() == before


def test_file_and_study_exclude_each_other(parts: Path, tuned: Tuning, tmp_path: Path) -> None:
    """Which of the two would win is not guessed."""
    with pytest.raises(ConfigError, match="not from both"):
        train(parts, out=tmp_path / "run", from_study=tuned.folder,
              config=tuned.folder / "best.toml")  # fmt: skip


def test_impossible_numbers_are_refused_at_once(parts: Path, tmp_path: Path) -> None:
    """All of them, before a photo is read."""
    with pytest.raises(ConfigError) as caught:
        tune(parts, out=tmp_path / "t", trials=0, folds=1, timeout=-1.0)

    assert all(word in str(caught.value) for word in ("trials", "folds", "timeout"))
    assert not (tmp_path / "t").exists()


def test_tiles_of_a_plain_network_are_refused(parts: Path, tmp_path: Path) -> None:
    """Before a photo is read; every trial would drop them without a word."""
    with pytest.raises(ConfigError, match=r"`model\.tiles` 2"):
        tune(parts, out=tmp_path / "t", trials=1, folds=2, tiles=2, **CNN)
    assert not (tmp_path / "t").exists()


def test_time_budget_of_a_study_is_refused(parts: Path, tmp_path: Path) -> None:
    """It would be dropped without a word; the flag that ends a study is named."""
    with pytest.raises(ConfigError, match=r"`training.time_budget`[\s\S]*`timeout`"):
        tune(parts, out=tmp_path / "t", trials=1, folds=2, time_budget="10min", **CNN)
    assert not (tmp_path / "t").exists()


def test_nothing_to_tune_is_refused(parts: Path, tmp_path: Path) -> None:
    """Everything was given."""
    given: dict[str, Any] = {
        "filters": 8,
        "dense_units": 32,
        "dropout": 0.1,
        "lr": 1e-3,
        "batch_size": 8,
    }

    with pytest.raises(ConfigError, match="nothing to tune"):
        tune(parts, out=tmp_path / "t", folds=2, **CNN, **given)


def test_study_without_a_complete_trial_says_why(parts: Path, tmp_path: Path) -> None:
    """No time for any; the database is where it was asked for."""
    storage = f"sqlite:///{tmp_path / 'elsewhere.db'}"

    with pytest.raises(TrainingError, match="No trial is complete"):
        tune(parts, out=tmp_path / "t", storage=storage, trials=1, folds=2, timeout=1e-9, **CNN)
    assert (tmp_path / "elsewhere.db").exists()
    assert not (tmp_path / "t" / "study.db").exists()


@pytest.mark.slow
def test_a_run_goes_on_without_its_study(from_study: Run, parts: Path) -> None:
    """Its settings stand in the run folder."""
    _, settings = open_run(
        parts, out=from_study.folder, settings_file=None, overrides={}, resume=True
    )

    assert settings.model.dropout == 0.45
    assert settings == config.load(from_study.settings)


@pytest.mark.slow
def test_two_processes_work_on_one_study(parts: Path, tmp_path: Path) -> None:
    """The same command twice, and one of them is killed: no trial is lost or done twice."""
    command = [sys.executable, "-c", "from okng.cli.main import run; run()", "tune", str(parts),
               "--out", str(tmp_path / "t"), "--trials", "12", "--folds", "2", "--no-near",
               "--model", "cnn", "--image-size", "32", "--epochs", "8"]  # fmt: skip
    first, second = (subprocess.Popen(command, stderr=subprocess.DEVNULL) for _ in range(2))
    deadline = time.monotonic() + 200
    while time.monotonic() < deadline and len(_trials(tmp_path / "t")) < 4:
        time.sleep(0.2)
    first.kill()
    first.wait()

    assert second.wait(timeout=300) == 0
    states = [trial.state.name for trial in _trials(tmp_path / "t")]
    study = json.loads((tmp_path / "t" / "study.json").read_text())
    assert len(study["trials"]) == 12
    assert states.count("FAIL") <= 1  # the one of the process that was killed
    assert "RUNNING" not in states


def _trials(folder: Path) -> list[Any]:
    try:
        return find_study(str(folder))[0].get_trials(deepcopy=False)
    except ConfigError:  # not made yet
        return []
