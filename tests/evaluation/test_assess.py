"""All that scores alone can tell, joined."""

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from simulated import measured, simulated
from statsmodels.stats.inter_rater import fleiss_kappa as reference

from okng.config import OperatingSettings
from okng.errors import ConfigError
from okng.evaluation import Metrics, Scores, write_metrics
from okng.evaluation.metrics.breakdown import measure_by
from okng.evaluation.metrics.calibration import apply_calibration, undo_calibration
from okng.evaluation.metrics.repeatability import fleiss_kappa, repeatability
from okng.modelfile import Calibration
from okng.verdict import OperatingPoint

POINT = OperatingPoint(threshold=0.5)


def _assess(scores: Scores, **more: Any) -> dict[str, Any]:
    return measured(scores, POINT, **more)


def test_every_part_is_there_and_plain(tmp_path: Path) -> None:
    """With validation, runs and a column, everything that metrics.md names."""
    found = _assess(simulated(60, 3), validation=simulated(60, seed=1), by=["station"],
                    calibration=Calibration.identity(2))  # fmt: skip
    write_metrics(Metrics.of_plain(found), tmp_path / "m.json")
    names = ("acceptance", "repeatability", "by", "curves", "threshold_stability", "reliability")

    assert set(names) <= set(json.loads((tmp_path / "m.json").read_text()))


def test_curves_agree_with_counting() -> None:
    """Each point is what that threshold does; at most 200 of them, the applied one among them."""
    scores = simulated(3000)
    curve = _assess(scores)["curves"]["test"]

    assert len(curve["threshold"]) <= 200
    assert 0.5 in curve["threshold"]
    for number in (0, 50, 120, -1):
        called = scores.defect_scores >= curve["threshold"][number]
        assert curve["escapes"][number] == (~called & scores.is_defective).sum()
        assert curve["overkills"][number] == (called & ~scores.is_defective).sum()


def test_more_validation_parts_make_the_threshold_firmer() -> None:
    """The spread shrinks with evidence."""
    few, many = (
        _assess(simulated(200), validation=simulated(n, seed=2))["threshold_stability"]
        for n in (40, 4000)
    )

    assert many["high"] - many["low"] < few["high"] - few["low"]


def test_given_threshold_has_no_stability() -> None:
    """Nothing was chosen."""
    settings = OperatingSettings(threshold=0.5)
    found = _assess(simulated(), validation=simulated(seed=1), policy=settings)

    assert "threshold_stability" not in found


def test_reliability_counts_every_photo_once() -> None:
    """Bins hold all photos, and calibration is undone exactly."""
    calibration = Calibration(scale=0.5, bias=(0.0, 0.7))
    found = _assess(simulated(500), calibration=calibration)["reliability"]
    raw = simulated(50).probabilities
    undone = undo_calibration(calibration, apply_calibration(calibration, raw))

    assert sum(row["photos"] for row in found["bins"]) == 500
    assert found["before"]["ece"] != found["ece"]
    assert np.allclose(undone, raw, atol=1e-6)


@pytest.mark.parametrize("ok_class", ["ok", None])
def test_reliability_of_the_named_class_is_counted(ok_class: str | None) -> None:
    """Nine in ten sure and half of them right: 0.4 apart, and another with less calibration."""
    table = pd.DataFrame(
        {
            "path": [f"{n}.jpg" for n in range(40)],
            "split": "test",
            "label": ["ok", "dent", "scratch", "scratch"] * 10,
            "group": "",
            "verdict": "NG",
            "defect_score": 0.95,
            "class": "scratch",
            "p_ok": 0.05,
            "p_dent": 0.05,
            "p_scratch": 0.9,
            "threshold": 0.5,
            "error": "",
        }
    )
    scores = Scores(table, ("ok", "dent", "scratch"), ok_class)
    found = _assess(scores, calibration=Calibration(scale=2.0, bias=(0.0, 0.0, 0.0)))
    errors: dict[str, Any] = found["class_reliability"]
    before = np.sqrt([0.05, 0.05, 0.9])

    assert errors["ece"] == pytest.approx(0.4)
    assert errors["before"]["ece"] == pytest.approx(before[2] / before.sum() - 0.5)


def test_two_classes_have_one_reliability() -> None:
    """That of the defect score says it all."""
    assert "class_reliability" not in _assess(simulated(60))


def test_repeatability_counts_parts_that_flip() -> None:
    """One part in ten that gets both verdicts, named with its scores."""
    scores = simulated(10, 3, spread=0.1)
    scores.table.loc[4, "defect_score"] = 0.9  # the second run of part p1, which is defective
    scores.table.loc[0, "defect_score"] = 0.9
    result = repeatability(Scores(scores.table, scores.classes, "ok"), POINT, "run")

    assert result is not None
    found = result.plain()
    assert (found["parts"], found["runs"]) == (10, ["0", "1", "2"])
    assert found["agreement"]["value"] == 0.9
    assert found["flips"][0]["part"] == "p0"
    assert found["flips"][0]["verdicts"] == {"0": "NG", "1": "OK", "2": "OK"}


def test_kappa_over_runs_is_that_of_statsmodels() -> None:
    """Fleiss, to nine digits."""
    counts = np.random.default_rng(0).multinomial(4, [0.4, 0.6], 50)

    assert fleiss_kappa(counts) == pytest.approx(float(reference(counts)), abs=1e-9)
    assert fleiss_kappa(np.array([[3, 0], [3, 0]])) is None


def test_runs_without_parts_are_said() -> None:
    """A column of runs alone does not tell which photos belong together."""
    scores = simulated(20)
    found = _assess(scores)

    assert "repeatability" not in found
    assert any("no part has photos in two" in s for s in found["warnings"])


def test_rates_of_each_station_add_up() -> None:
    """The rows hold all photos, and each its own rate."""
    scores = simulated(200)
    rows = measure_by(scores, POINT, "station").plain()["rows"]

    assert [row["value"] for row in rows] == ["A", "B"]
    assert sum(row["photos"] for row in rows) == 200
    overall = np.average(
        [r["accuracy"]["value"] for r in rows], weights=[r["photos"] for r in rows]
    )
    right = (scores.defect_scores >= 0.5) == scores.is_defective
    assert overall == pytest.approx(right.mean())


def test_station_that_rejects_more_is_found() -> None:
    """And one that does not is not made up."""
    scores = simulated(400, spread=0.5)
    calm = measure_by(scores, POINT, "station").plain()["sentences"]
    shifted = scores.table.copy()
    bad_light = (shifted["station"] == "B") & (np.arange(400) % 3 == 0)
    shifted.loc[bad_light, "defect_score"] = 0.95
    found = measure_by(Scores(shifted, scores.classes, "ok"), POINT, "station").plain()["sentences"]

    assert calm == []
    assert any("overkill rate differs" in sentence for sentence in found)


def test_unknown_column_is_refused() -> None:
    """With those that there are."""
    with pytest.raises(ConfigError, match=r"no column 'shift'[\s\S]*station"):
        measure_by(simulated(), POINT, "shift")


def test_defect_types_are_told_apart() -> None:
    """More than one kind of defect: a table of them, unasked."""
    scores = simulated(100)
    scores.table.loc[scores.table.index % 4 == 1, "label"] = "dent"
    found = _assess(Scores(scores.table, scores.classes, "ok"))

    assert [row["value"] for row in found["by"]["label"]["rows"]] == ["bad", "dent", "ok"]


@pytest.mark.slow
def test_a_hundred_thousand_scores_take_seconds() -> None:
    """All figures, under 30 s."""
    scores = simulated(20_000, 5)
    begun = time.monotonic()
    _assess(scores, validation=simulated(5_000, 5, seed=1), by=["station"])

    assert time.monotonic() - begun < 30
