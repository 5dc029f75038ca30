"""A rare type of defect does not stop a training."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import okng
from okng import Run
from okng.testing import Defect, draw_part, encode, write_folder
from run_contents import shape_differences

KINDS = (Defect.BLOWHOLE, Defect.CHIPPED_EDGE)
SMALL: dict[str, Any] = {
    "model": "cnn", "image_size": 32, "epochs": 6, "filters": 8, "depth": 3, "batch_size": 8,
    "rotation": 0.0, "precision": "float32", "no_near": True,
}  # fmt: skip
RARE = {"burr": 1, "crack": 2, "misprint": 3}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two types of twelve parts, and three of one, two and three."""
    photos = write_folder(tmp_path_factory.mktemp("photos"), good=12, defective=24, defects=KINDS,
                          by_type=True, size=32)  # fmt: skip
    for name, count in RARE.items():
        (photos / name).mkdir()
        for number in range(count):
            part = draw_part(8_000 + 100 * count + number, Defect.SCRATCH, size=32)
            (photos / name / f"{number}.jpg").write_bytes(encode(part.photo))
    return photos


@pytest.fixture(scope="module")
def rare(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run on them."""
    return okng.train(source, out=tmp_path_factory.mktemp("rare") / "run", **SMALL)


def test_types_of_one_two_and_three_photos_train_and_are_named(rare: Run) -> None:
    """All else goes on: two classes are tested."""
    sentence = "burr (1 photo), crack (2 photos), misprint (3 photos)"
    audit = json.loads(rare.audit.read_text(encoding="utf-8"))
    manifest = pd.read_csv(rare.manifest)
    scores = pd.read_csv(rare.scores)

    assert rare.metrics["classes"] == ["ok", "blowhole", "chipped_edge"]
    assert any(sentence in warning for warning in rare.metrics["warnings"])
    assert any(sentence in finding["what"] for finding in audit["findings"])
    assert set(manifest["split"][manifest["label"].isin(RARE)]) == {"train"}
    assert scores["label"].isin(RARE).sum() == 6
    assert set(scores["class"]) <= set(rare.metrics["classes"])


@pytest.mark.slow
def test_resumed_run_of_rare_types_stays_as_it_was(source: Path, rare: Run) -> None:
    """The settings and photos are those of the run, so it is finished."""
    again = okng.train(source, out=rare.folder, resume=True, **SMALL)

    assert again.metrics == rare.metrics


def test_golden_shape_of_a_run_of_types(rare: Run) -> None:
    """Files, columns, metrics keys, and photos by split and class, as in golden.json."""
    assert shape_differences("types", rare) == []
