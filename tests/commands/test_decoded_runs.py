"""Whole trainings on JPEGs that are large for the network."""

from pathlib import Path
from typing import Any

import pytest

from okng.commands.train import train
from okng.evaluation.results.provenance import Decoding
from okng.steps.score_photos import check_decoding
from okng.testing import Defect, write_folder

pytestmark = pytest.mark.slow  # two trainings: 20 s

SETTINGS: dict[str, Any] = {
    "model": "cnn", "image_size": 32, "epochs": 4, "filters": 4, "depth": 2, "batch_size": 8,
    "rotation": 0.0, "precision": "float32", "no_near": True, "progress": False,
}  # fmt: skip


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Parts of 200 x 200 pixels: a half is more than three times the network's input."""
    folder = tmp_path_factory.mktemp("large")
    return write_folder(folder, good=16, defective=16, defects=[Defect.BLOWHOLE], size=200)


def test_training_and_line_decode_at_a_fraction(large: Path, tmp_path: Path) -> None:
    """The rule is in the file, checked on validation photos, and stands in the report."""
    run = train(large, out=tmp_path / "run", **SETTINGS)
    decoding = run.metrics["export"]["decoding"]

    assert run.inspector().metadata.input.reduced_side == 96
    assert decoding["photos"] > 0
    assert (decoding["verdicts_changed"], decoding["reduced"]) == (0, True)
    assert "validation photos have the same verdicts at full size" in run.report.read_text()


def test_a_changed_verdict_turns_it_off(
    large: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file then decodes at full size, and its scores are those of that."""

    def changed(*arguments: Any) -> Decoding | None:
        found = check_decoding(*arguments)
        assert found is not None
        return found.model_copy(update={"verdicts_changed": 1, "reduced": False})

    monkeypatch.setattr("okng.steps.publish.check_decoding", changed)
    run = train(large, out=tmp_path / "run", **SETTINGS)

    assert run.inspector().metadata.input.reduced_side == 0
    assert not run.metrics["export"]["decoding"]["reduced"]
    assert "at a fraction 1 of" in run.report.read_text()
    table = run.scores.read_text().splitlines()
    column = table[0].split(",").index("defect_score")
    for row in table[1:6]:
        cells = row.split(",")
        given = run.inspector()(large / cells[0]).defect_score
        assert given == pytest.approx(float(cells[column]), abs=1e-5)
