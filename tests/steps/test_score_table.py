"""Calibrated scores and verdicts are computed from one table of raw scores."""

import numpy as np
import pytest
import torch

from okng.dataset import Photo
from okng.evaluation import Scores
from okng.export.graph import InspectionGraph
from okng.modelfile import Calibration, InputRules, Metadata
from okng.steps.score_table import at_point, calibrated, verdicts_at
from okng.verdict import Judgement, OperatingPoint, Verdict

CLASSES = ("ok", "dent", "scratch")


def _raw(logits: torch.Tensor, classes: tuple[str, ...]) -> tuple[Scores, list[Verdict]]:
    rows = torch.softmax(logits, 1).numpy()
    verdicts = [
        Verdict(
            Judgement.NG,
            1 - float(row[0]),
            "dent",
            dict(zip(classes, map(float, row), strict=True)),
        )
        for row in rows
    ]
    photos = [Photo(f"{number}.png", "ok") for number in range(len(rows))]
    return Scores.from_verdicts(photos, verdicts, classes, "ok"), verdicts


@pytest.mark.parametrize("count", [2, 3])
def test_table_calibrates_as_the_graph_does(count: int) -> None:
    """Logits from -40 to 40, where float32 probabilities are 1 or 1e-18: within 1e-6."""
    logits = torch.from_numpy(np.random.default_rng(2).uniform(-40, 40, (500, count))).float()
    calibration = Calibration(scale=0.31, bias=(0.0, 0.7, -0.2)[:count])
    raw, _ = _raw(logits, CLASSES[:count])
    found = calibrated(raw, calibration)

    inside = logits * calibration.scale + torch.tensor(calibration.bias)
    score = InspectionGraph._defect_score(_HasOk(), inside)  # type: ignore[arg-type]
    assert found.defect_scores == pytest.approx(score.numpy(), abs=1e-6)
    assert found.probabilities == pytest.approx(torch.softmax(inside, 1).numpy(), abs=1e-6)


class _HasOk:
    has_ok = True


def test_operating_point_decides_over_the_table() -> None:
    """Verdicts, threshold and reasons are those of the point; a photo without a score stays so."""
    raw, verdicts = _raw(torch.tensor([[2.0, 0.0], [0.0, 2.0], [0.1, 0.0]]), CLASSES[:2])
    raw.table.loc[1, "error"] = "damaged"
    point = OperatingPoint(threshold=0.6, review_low=0.4, review_high=0.6)
    metadata = _metadata(point)
    scores = at_point(raw, metadata)

    assert list(scores.table["verdict"]) == ["OK", "NG", "REVIEW"]
    assert np.isnan(scores.table["defect_score"][1])
    assert set(scores.table["threshold"]) == {0.6}
    given = verdicts_at(scores, verdicts)
    assert given[0].defect_score == scores.defect_scores[0]
    assert sum(given[2].probabilities.values()) == pytest.approx(1)


def _metadata(point: OperatingPoint) -> Metadata:
    return Metadata(
        name="inspector",
        classes=CLASSES[:2],
        ok_class="ok",
        operating_point=point,
        calibration=Calibration.identity(2),
        input=InputRules(image_size=32),
        dataset_digest="",
        backbone="cnn",
        weights="none",
        weights_licence="none",
    )
