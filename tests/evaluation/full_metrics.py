"""A metrics.json with every key, for what is drawn and written of it."""

import json
import shutil
from pathlib import Path
from typing import Any

from okng.evaluation import write_figures


def rate(value: float | None, spread: float = 0.05, n: int = 40) -> dict[str, Any]:
    """A rate with some interval."""
    if value is None:
        return {"value": None, "low": None, "high": None, "n": 0, "method": "no photo to count"}
    low, high = max(0.0, value - spread), min(1.0, value + spread)
    return {"value": value, "low": low, "high": high, "n": n, "method": "exact Clopper-Pearson"}


def extras() -> dict[str, Any]:
    """The keys that a run of `okng train` may lack."""
    return {
        "matthews": rate(0.8),
        "evaluation": {
            "photos": "photos",
            "data_digest": "d" * 64,
            "judged": "2026-11-24T21:00:00+00:00",
            "unreadable": 0,
            "policy": None,
            "versions": {"python": "3.11", "onnxruntime": "1.20"},
        },
        "warnings": ["All photos of station B show one part."],
        "acceptance": _acceptance(),
        "repeatability": _repeatability(),
        "by": _by(),
        "curves": _curves(),
        "threshold_stability": _stability(),
        "reliability": _reliability(),
        "robustness": _robustness(),
        "heatmap_check": heatmap_check(trusted=True),
    }


def heatmap_check(*, trusted: bool) -> dict[str, Any]:
    """What `check_heatmaps` gives."""
    orders = {"heatmap": 0.8, "random": 0.5, "centre": 0.6}
    curve = {name: [0.1, value, 0.9] for name, value in orders.items()}
    return {
        "trusted": trusted,
        "sentences": [said := "The hottest place lies on the defect in 93 % of 40 photos."],
        "failed": [] if trusted else [said],
        "photos": 16,
        "empty": 0,
        "insertion": orders,
        "deletion": orders,
        "gain": {name: rate(0.3) for name in ("random", "centre")},
        "background": "good part",
        "curves": {"fraction": [0.0, 0.5, 1.0], "insertion": curve, "deletion": curve},
        "pointing": {"rate": rate(0.93), "chance": 0.1, "centre": 0.2, "masks": 40},
        "randomised": {"layers": ["a", "b", "c"], "correlation": 0.1, "limit": 0.5, "flat": 0.0},
    }


def _acceptance() -> dict[str, Any]:
    row = {"value": 0.98, "low": 0.95, "high": 0.99, "acceptable": 0.9, "marginal": 0.8,
           "better": "high", "grade": "acceptable", "grade_of_bound": "marginal"}  # fmt: skip
    names = ("effectiveness", "miss_rate", "false_alarm_rate", "kappa")
    return {
        "unit": "parts",
        **{name: rate(0.98) for name in names},
        "rows": [{"figure": name, **row} for name in names],
        "grade": "acceptable",
        "grade_of_bound": "marginal",
        "sentences": ["Kappa speaks of agreement beyond chance."],
    }


def _repeatability() -> dict[str, Any]:
    flip = {"part": "p17", "label": "scratch", "verdicts": {"1": "NG", "2": "OK"},
            "scores": {"1": 0.61, "2": 0.38}}  # fmt: skip
    return {
        "column": "run", "runs": ["1", "2"], "parts": 50, "agreement": rate(0.98),
        "agreement_good": rate(0.99), "agreement_defective": rate(None),
        "against_truth": rate(0.96), "kappa_between_runs": 0.97, "score_sd": 0.004,
        "score_range": {"median": 0.002, "largest": 0.31}, "flips": [flip],
        "sentences": ["One of 50 parts changed its verdict."],
    }  # fmt: skip


def _by() -> dict[str, Any]:
    rows = [
        {"value": name, "photos": 120, "groups": 40, "good": 60, "defective": 60,
         "accuracy": rate(0.97), "escape_rate": rate(0.01), "overkill_rate": rate(None)}
        for name in ("A", "B")
    ]  # fmt: skip
    return {"station": {"rows": rows, "differences": [], "sentences": ["A and B do not differ."]}}


def _curves() -> dict[str, Any]:
    curve = {
        "good": 20, "defective": 20, "threshold": [0.0, 0.5, 1.0], "escapes": [0, 2, 20],
        "overkills": [20, 1, 0], "escape_rate": [0.0, 0.1, 1.0], "overkill_rate": [1.0, 0.05, 0.0],
        "f1": [0.6, 0.9, 0.0], "cost": [1.0, 0.15, 1.0],
    }  # fmt: skip
    review = {
        "on": "validation", "review_low": [0.5, 0.4], "review_high": [0.5, 0.6],
        "review_rate": [0.0, 0.1], "escape_rate": [0.1, 0.0], "overkill_rate": [0.05, 0.0],
    }  # fmt: skip
    return {"cost_escape": 1.0, "cost_overkill": 1.0, "test": curve, "validation": curve,
            "review": review}  # fmt: skip


def _stability() -> dict[str, Any]:
    return {
        "draws": 200, "threshold": 0.41, "low": 0.35, "high": 0.52,
        "quantiles": {"0.05": 0.36, "0.5": 0.41, "0.95": 0.5},
        "escape_rate": {"low": 0.0, "high": 0.02}, "overkill_rate": {"low": 0.01, "high": 0.05},
        "photos": 300, "groups": 120, "sentences": ["The threshold stands firmly."],
    }  # fmt: skip


def _reliability() -> dict[str, Any]:
    bins = [
        {"low": 0.0, "high": 0.1, "photos": 250, "mean_score": 0.02, "defective": rate(0.03)},
        {"low": 0.9, "high": 1.0, "photos": 90, "mean_score": 0.97, "defective": rate(0.95)},
    ]
    return {"bins": bins, "ece": 0.012, "brier": 0.02, "before": {"ece": 0.05, "brier": 0.03},
            "sentences": ["Scores can be read as probabilities."]}  # fmt: skip


def _robustness() -> dict[str, Any]:
    def level(at: float, flipped: float) -> dict[str, Any]:
        return {"level": at, "drift": flipped / 2, "drift_95": flipped, "flipped": rate(flipped),
                "holds": not flipped, "turns": flipped > 0.1,
                "to_ok": 1 if flipped else 0, "to_ng": 4 if flipped else 0,
                "escapes": 3, "overkills": 4, "review": 2}  # fmt: skip

    levels = [level(0.7, 0.2), level(1.0, 0.0), level(1.5, 0.1)]
    kinds = [
        {"kind": "brightness", "unit": "factor", "neutral": 1.0, "levels": levels,
         "usable": {"low": 0.85, "high": 1.2, "tested_low": 0.7, "tested_high": 1.5},
         "turns": {"low": 0.7, "high": None}, "warned_first": True},
        {"kind": "blur", "unit": "pixels", "neutral": 0.0, "levels": [level(0, 0), level(2, 0.01)],
         "usable": {"low": 0.0, "high": 2.0, "tested_low": 0.0, "tested_high": 2.0},
         "turns": {"low": None, "high": None}, "warned_first": None},
    ]  # fmt: skip
    return {"photos": 96, "groups": 80, "limit": 0.02, "needed": 150, "left_out": [],
            "kinds": kinds,
            "sentences": ["Brightness may change a little."]}  # fmt: skip


def full_run(run: Path, target: Path, **changes: Any) -> Path:
    """A copy of a run whose metrics.json has every key, and the figures of them."""
    shutil.copytree(run, target)
    change(target, **(extras() | changes))
    write_figures(target)
    return target


def change(run: Path, **changes: Any) -> None:
    """Put keys into the metrics.json of a run."""
    metrics = json.loads((run / "metrics.json").read_text())
    (run / "metrics.json").write_text(json.dumps(metrics | changes))
