"""A run folder and a model file of okng before the re-cut (7a6dd20) still open.

`old_run` was trained on `old_photos`: 32 generated discs of 32 pixels, half of them with a dark
square. Only its report, figures and .pth files were left out. It is never written anew.
"""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

import okng
from okng import config
from okng.cli.main import app

OLD = Path(__file__).parent / "old_run"
PHOTOS = Path(__file__).parent / "old_photos"
NEAR = 1e-4  # float32 sums in another order; the threshold is 0.04 away from any score


@pytest.fixture(scope="module")
def scores() -> pd.DataFrame:
    """The rows that the old okng wrote, by path."""
    return pd.read_csv(OLD / "scores.csv").set_index("path")


def test_inspector_gives_the_stored_verdicts(scores: pd.DataFrame) -> None:
    """Verdict, class, scores and unfamiliarity of 32 photos."""
    inspector = okng.Inspector(OLD)
    verdicts = inspector([PHOTOS / path for path in scores.index])

    assert [verdict.verdict for verdict in verdicts] == list(scores["verdict"])
    assert [verdict.class_name for verdict in verdicts] == list(scores["class"])
    for column in ("defect_score", "unfamiliarity"):
        found = [getattr(verdict, column) for verdict in verdicts]
        assert found == pytest.approx(list(scores[column]), abs=NEAR)
    assert inspector.threshold == scores["threshold"].iloc[0]


def test_evaluate_gives_the_stored_verdicts_and_leaks(scores: pd.DataFrame, tmp_path: Path) -> None:
    """The file carries what it was trained on: the photos of validation are no evidence."""
    few = scores.index[scores["split"] != "train"]
    for path in few:
        (tmp_path / "photos" / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PHOTOS / path, tmp_path / "photos" / path)
    found = okng.evaluate(OLD / "inspector.onnx", tmp_path / "photos", out=tmp_path / "again",
                          progress=False, no_near=True)  # fmt: skip
    again = pd.read_csv(found.scores).set_index("path").loc[few]

    assert set(found.metrics["leakage"]["paths"]) == set(few[scores.loc[few, "split"] == "val"])
    assert list(again["verdict"]) == list(scores.loc[few, "verdict"])
    assert found.metrics["verdicts"] == {"ok": {"OK": 4, "NG": 0}, "defective": {"OK": 0, "NG": 4}}


def test_compare_reads_the_old_tables(tmp_path: Path) -> None:
    """Against itself, no photo of its test changes its verdict."""
    compared = CliRunner().invoke(app, ["compare", str(OLD), str(OLD), "--out", str(tmp_path)])
    found = json.loads((tmp_path / "compare.json").read_text())

    assert compared.exit_code == 0
    assert found["photos"] == 4
    assert found["tests"]["all"]["only_a_right"] == found["tests"]["all"]["only_b_right"] == 0


def test_info_prints_the_old_operating_point() -> None:
    """With the seal intact."""
    printed = CliRunner().invoke(app, ["info", str(OLD), "--json"])
    found = json.loads(printed.stdout)
    stored = json.loads((OLD / "metrics.json").read_text())

    assert found["sealed"] is True
    assert found["classes"] == ["ok", "defective"]
    assert found["operating_point"] == stored["operating_point"]


def test_old_settings_are_read() -> None:
    """Each setting in the file has the value with which the run was trained."""
    read = config.load(OLD / "okng.toml").model_dump(mode="json")
    stored = json.loads((OLD / "metrics.json").read_text())["settings"]

    for section, settings in stored.items():
        assert settings.items() <= read[section].items()


def test_same_photos_get_the_same_splits(tmp_path: Path) -> None:
    """Digests and splits are equal on every machine, or a run could not be repeated."""
    (made,) = okng.split(PHOTOS, tmp_path / "manifest.csv", no_near=True, progress=False)
    columns = ["sha256", "label", "split"]

    assert pd.read_csv(made)[columns].equals(pd.read_csv(OLD / "manifest.csv")[columns])
