"""Two runs on the same photos."""

import json
from pathlib import Path

import pandas as pd
import pytest

import okng
from okng.errors import DatasetError


def _folder(folder: Path, wrong: set[int], *, split: str = "test", name: str = "") -> Path:
    """What an evaluation leaves, as far as a comparison reads it: 40 photos, half defective."""
    folder.mkdir()
    truth = [number % 2 == 1 for number in range(40)]
    called = [kind != (number in wrong) for number, kind in enumerate(truth)]
    score = [0.9 if bad else 0.1 for bad in called]
    table = pd.DataFrame(
        {
            "path": [f"{name}{number}.jpg" for number in range(40)],
            "split": split,
            "label": ["bad" if kind else "ok" for kind in truth],
            "group": "",
            "verdict": ["NG" if bad else "OK" for bad in called],
            "defect_score": score,
            "class": ["bad" if bad else "ok" for bad in called],
            "p_ok": [1 - value for value in score],
            "p_bad": score,
            "threshold": 0.5,
            "error": "",
        }
    )
    table.to_csv(folder / "scores.csv", index=False)
    facts = {"classes": ["ok", "bad"], "ok_class": "ok", "threshold": 0.5, "split": "test"}
    (folder / "metrics.json").write_text(json.dumps(facts))
    return folder


def test_photos_that_changed_verdict_are_listed(tmp_path: Path) -> None:
    """With both scores, on the screen and in files."""
    a = _folder(tmp_path / "a", {1, 3, 5, 7, 9, 11, 13, 15})
    b = _folder(tmp_path / "b", {0})
    found = okng.compare(a, b, out=tmp_path / "out")

    assert found.result.verdict.startswith("b is better")
    assert len(found.changed) == 9
    assert len(pd.read_csv(tmp_path / "out" / "changed.csv")) == 9
    written = json.loads((tmp_path / "out" / "compare.json").read_text())
    assert written["tests"]["all"] == found.result.tests["all"].plain()


def test_photos_are_matched_by_content(tmp_path: Path) -> None:
    """Where both hold a manifest, other names of the same photos do not matter."""
    folders = [_folder(tmp_path / name, set(), name=name) for name in "ab"]
    for folder in folders:
        rows = [f"{folder.name}{number}.jpg,{number:064x},ok,,test" for number in range(40)]
        (folder / "manifest.csv").write_text("\n".join(["path,sha256,label,group,split", *rows]))
    found = okng.compare(*folders)

    assert found.result.matched_by == "content"
    assert found.result.photos == 40


def test_photos_that_one_has_learned_from_are_left_out(tmp_path: Path) -> None:
    """Only tests are compared; without one in common there is nothing to say."""
    a, b = _folder(tmp_path / "a", set()), _folder(tmp_path / "b", set(), split="train")

    with pytest.raises(DatasetError, match="no photo in common"):
        okng.compare(a, b)


def test_folder_without_figures_is_refused(tmp_path: Path) -> None:
    """With what to do."""
    with pytest.raises(DatasetError, match="okng evaluate MODEL PHOTOS"):
        okng.compare(tmp_path, tmp_path)
