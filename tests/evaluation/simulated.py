"""Scores of simulated tests, for tests of figures."""

from typing import Any

import numpy as np
import pandas as pd

from okng.evaluation import EvaluationContext, Leakage, Scores, measure
from okng.verdict import OperatingPoint

CLASSES = ("ok", "bad")


def simulated(
    parts: int = 100, photos: int = 1, seed: int = 0, threshold: float = 0.5, spread: float = 1.5
) -> Scores:
    """A table of `parts` parts with `photos` photos each; every second part is defective."""
    rng = np.random.default_rng(seed)
    truth = np.arange(parts) % 2 == 1
    margins = rng.normal(-2 + 4 * truth, spread)
    margins = np.repeat(margins, photos) + rng.normal(0, 0.3, parts * photos)
    scores, truth = 1 / (1 + np.exp(-margins)), np.repeat(truth, photos)
    group = np.repeat([f"p{n}" for n in range(parts)], photos)
    table = pd.DataFrame(
        {
            "path": [f"{row}.jpg" for row in range(len(scores))],
            "split": "test",
            "label": np.where(truth, "bad", "ok"),
            "group": group if photos > 1 else "",
            "verdict": np.where(scores >= threshold, "NG", "OK"),
            "defect_score": scores,
            "class": np.where(scores >= threshold, "bad", "ok"),
            "p_ok": 1 - scores,
            "p_bad": scores,
            "threshold": threshold,
            "error": "",
            "run": np.tile([str(n) for n in range(photos)], parts),
            "station": np.repeat(np.where(np.arange(parts) // 2 % 2 == 0, "A", "B"), photos),
        }
    )
    return Scores(table, CLASSES, "ok")


NO_LEAK = Leakage(photos=0, checked=(), paths=())


def measured(scores: Scores, point: OperatingPoint, **more: Any) -> dict[str, Any]:
    """The figures of a test without leaks, as plain values."""
    facts: dict[str, Any] = {"split": "test", "leakage": NO_LEAK} | more
    return measure(EvaluationContext(scores, point, **facts)).plain()
