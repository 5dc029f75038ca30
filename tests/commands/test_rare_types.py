"""A rare type of defect does not stop a training."""

import json
from pathlib import Path
from typing import Any

import pandas as pd

import okng
from okng.testing import Defect, draw_part, encode, write_folder

KINDS = (Defect.BLOWHOLE, Defect.CHIPPED_EDGE)
SMALL: dict[str, Any] = {
    "model": "cnn", "image_size": 32, "epochs": 6, "filters": 8, "depth": 3, "batch_size": 8,
    "rotation": 0.0, "precision": "float32", "no_near": True,
}  # fmt: skip
RARE = {"burr": 1, "crack": 2, "misprint": 3}


def test_types_of_one_two_and_three_photos_train_and_are_named(tmp_path: Path) -> None:
    """All else goes on: two classes are tested, and a run that is resumed stays as it was."""
    photos = write_folder(tmp_path / "photos", good=12, defective=24, defects=KINDS,
                          by_type=True, size=32)  # fmt: skip
    for name, count in RARE.items():
        (photos / name).mkdir()
        for number in range(count):
            part = draw_part(8_000 + 100 * count + number, Defect.SCRATCH, size=32)
            (photos / name / f"{number}.jpg").write_bytes(encode(part.photo))
    run = okng.train(photos, out=tmp_path / "run", **SMALL)
    sentence = "burr (1 photo), crack (2 photos), misprint (3 photos)"
    audit = json.loads(run.audit.read_text(encoding="utf-8"))
    manifest = pd.read_csv(run.manifest)
    scores = pd.read_csv(run.scores)

    assert run.metrics["classes"] == ["ok", "blowhole", "chipped_edge"]
    assert any(sentence in warning for warning in run.metrics["warnings"])
    assert any(sentence in finding["what"] for finding in audit["findings"])
    assert set(manifest["split"][manifest["label"].isin(RARE)]) == {"train"}
    assert scores["label"].isin(RARE).sum() == 6
    assert set(scores["class"]) <= set(run.metrics["classes"])
    again = okng.train(photos, out=tmp_path / "run", resume=True, **SMALL)
    assert again.metrics["classes"] == run.metrics["classes"]
