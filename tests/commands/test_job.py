"""The main job: the run folder, honest figures, and a kill at any moment."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

import okng
from okng import modelfile
from okng.commands.train import Run
from okng.errors import ConfigError, TrainingError
from okng.testing import Defect, Layout, write_folder

SMALL: dict[str, Any] = {"model": "cnn", "image_size": 32, "epochs": 3, "filters": 4, "depth": 2,
                         "precision": "float32"}  # fmt: skip


def test_run_folder_is_that_of_the_design(run: Run) -> None:
    """Every file that other people's scripts depend on."""
    expected = {
        "okng.toml", "manifest.csv", "audit.json", "history.csv", "scores.csv", "metrics.json",
        "inspector.onnx", "report.html", "models/best_model.pth", "models/model_weights.pth",
        "models/full_model.pth", "models/checkpoint.pth", "figures/curves.png",
        "figures/confusion_matrix.png",
    }  # fmt: skip
    found = {p.relative_to(run.folder).as_posix() for p in run.folder.rglob("*") if p.is_file()}

    assert expected <= found
    assert any(name.startswith("gradcam/hit_") for name in found)
    assert not [name for name in found if "tmp" in name or "unproven" in name]


def test_defects_are_learned(run: Run) -> None:
    """The drawn defects are plain enough for a small network to rank them in seconds."""
    table = pd.read_csv(run.scores)

    assert roc_auc_score(table["label"] == "defective", table["defect_score"]) > 0.75


def test_scores_hold_every_photo(run: Run) -> None:
    """Split, label, probabilities, score and verdict of each."""
    table = pd.read_csv(run.scores)

    assert len(table) == 80
    assert {"path", "split", "label", "p_ok", "p_defective", "defect_score", "verdict"} <= set(
        table
    )
    assert table["split"].value_counts().to_dict() == {"train": 56, "val": 12, "test": 12}


def test_metrics_come_from_the_model_file(run: Run, photos: Path) -> None:
    """Judging the test again with the exported file gives the confusion matrix of the report."""
    test = pd.read_csv(run.manifest).query("split == 'test'")
    verdicts = run.inspector()([photos / path for path in test["path"]])
    cells = [[0, 0], [0, 0]]
    for label, verdict in zip(test["label"], verdicts, strict=True):
        cells[label == "defective"][not verdict.ok] += 1

    assert run.metrics["confusion_matrix"] == cells


def test_file_and_network_were_compared(run: Run) -> None:
    """On every test photo, to 1e-4, with no verdict changed."""
    parity = run.metrics["export"]

    assert parity["photos"] == 12
    assert parity["largest_difference"] <= 1e-4
    assert parity["verdicts_changed"] == 0


@pytest.mark.slow
def test_model_file_states_what_unseen_parts_score(run: Run) -> None:
    """Of every photo of test and validation that was judged, and of no photo of training."""
    scores = pd.read_csv(run.scores)
    unseen = scores[scores["split"] != "train"]
    held_out = modelfile.read(run.model_file).metadata.held_out

    assert held_out is not None
    assert sum(held_out.good) == (unseen["label"] == "ok").sum()
    assert sum(held_out.defective) == (unseen["label"] != "ok").sum()


@pytest.mark.slow
def test_same_seed_same_figures(tmp_path: Path) -> None:
    """Two runs of the same photos and settings agree, where both compute in one precision."""
    photos = write_folder(tmp_path / "photos", good=12, defective=12, size=32)
    tables = [
        pd.read_csv(okng.train(photos, out=tmp_path / name, **SMALL).scores)["defect_score"]
        for name in ("a", "b")
    ]

    assert (tables[0] - tables[1]).abs().max() < 1e-6


@pytest.mark.slow
def test_defect_types_are_named(tmp_path: Path) -> None:
    """More than two classes: OK or NG, and which type."""
    kinds = (Defect.BLOWHOLE, Defect.CHIPPED_EDGE)
    photos = write_folder(tmp_path / "photos", good=12, defective=24, defects=kinds,
                          by_type=True, size=32)  # fmt: skip
    run = okng.train(photos, out=tmp_path / "run", **SMALL)

    assert run.metrics["classes"] == ["ok", "blowhole", "chipped_edge"]
    assert set(run.metrics["types"]["recall"]) == set(run.metrics["classes"])
    assert len(run.metrics["confusion_matrix"]) == 3


@pytest.mark.slow
def test_types_without_an_ok_class(tmp_path: Path) -> None:
    """Every verdict is a type, and there is no escape rate."""
    kinds = (Defect.BLOWHOLE, Defect.CHIPPED_EDGE)
    photos = write_folder(tmp_path / "photos", good=0, defective=24, defects=kinds,
                          by_type=True, size=32)  # fmt: skip
    run = okng.train(photos, out=tmp_path / "run", no_ok=True, **SMALL)
    verdict = run.inspector()(next(photos.rglob("*.jpg")))

    assert run.metrics["escape_rate"]["value"] is None
    assert run.metrics["accuracy"]["value"] is not None
    assert verdict.class_name in {"blowhole", "chipped_edge"}
    assert not verdict.ok


@pytest.mark.slow
def test_leaking_split_gets_no_clean_headline(tmp_path: Path) -> None:
    """Copies of test photos in training: told, and shown without them."""
    photos = write_folder(tmp_path / "photos", good=24, defective=24, size=32,
                          layout=Layout.SPLITS)  # fmt: skip
    for label in ("ok", "defective"):
        for path in sorted((photos / "test" / label).iterdir())[:2]:
            shutil.copy(path, photos / "train" / label / f"copy_{path.name}")
    run = okng.train(photos, out=tmp_path / "run", **SMALL)

    assert run.metrics["leakage"]["photos"] == 4
    assert run.metrics["leakage"]["without_leaked"]["photos"] == run.metrics["photos"] - 4
    assert "Do not quote these figures" in run.report.read_text()


def test_clean_split_has_no_warning(run: Run) -> None:
    """The box is not always there."""
    assert "Do not quote these figures" not in run.report.read_text()


def test_settings_of_a_run_are_kept(run: Run, photos: Path) -> None:
    """Going on with other settings is refused, and what differs is named."""
    with pytest.raises(ConfigError, match=r"training.epochs is 30 in this run, not 7"):
        okng.train(photos, out=run.folder, resume=True, epochs=7)


def test_folder_with_a_run_is_not_overwritten(run: Run, photos: Path) -> None:
    """A finished run is not lost by a typo."""
    with pytest.raises(TrainingError, match="already holds a run"):
        okng.train(photos, out=run.folder)


@pytest.mark.slow
def test_limit_that_cannot_be_promised_is_told(tmp_path: Path) -> None:
    """A training is not thrown away for it: the figures say what can be promised."""
    photos = write_folder(tmp_path / "photos", good=12, defective=12, size=32)
    run = okng.train(photos, out=tmp_path / "run", max_escape="0.5%", **SMALL)

    assert run.metrics["operating_point"]["policy"] == "limit"
    assert any("cannot promise an escape rate of 0.5 %" in w for w in run.metrics["warnings"])
    assert {"robustness", "acceptance", "threshold_stability", "curves"} <= set(run.metrics)


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [4.0, 8.0, 10.0, 12.0, 15.0])
def test_killed_run_goes_on_to_the_same_result(tmp_path: Path, seconds: float) -> None:
    """SIGKILL at any moment, then --resume: the same scores as a run that was left alone."""
    photos = write_folder(tmp_path / "photos", good=20, defective=20, size=32)
    whole = okng.train(photos, out=tmp_path / "whole", **SMALL)
    flags = [f"--{k.replace('_', '-')}={v}" for k, v in SMALL.items()]
    code = "from okng.cli.main import run; run()"
    paths = [str(photos), "--out", str(tmp_path / "cut")]
    command = [sys.executable, "-c", code, "train", *paths, *flags]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    time.sleep(seconds)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()

    cut = tmp_path / "cut"
    resumed = okng.train(photos, out=cut, resume=cut.exists(), **SMALL)

    scores = [pd.read_csv(r.scores)["defect_score"] for r in (whole, resumed)]
    assert (scores[0] - scores[1]).abs().max() < 1e-5
    figures = [json.loads(r.metrics_file.read_text())["confusion_matrix"] for r in (whole, resumed)]
    assert figures[0] == figures[1]
