"""Scores -> every figure of `metrics.json`, with its interval.

The positive class is *defective* everywhere, whatever the order of folder names.
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn import metrics as sk

from okng.evaluate.calibration import brier, expected_calibration_error
from okng.evaluate.intervals import (
    Rate,
    bootstrap,
    clopper_pearson,
    nothing,
    proportion,
    upper_bound,
)
from okng.evaluate.scores import Scores
from okng.evaluate.types import measure_types
from okng.verdict import OperatingPoint

Bools = npt.NDArray[np.bool_]
GOALS = (0.01, 0.005, 0.001)
RATES = ("accuracy", "precision", "recall", "f1", "specificity", "balanced_accuracy", "roc_auc",
         "average_precision", "escape_rate", "overkill_rate")  # fmt: skip
_NO_OK = "there is no OK class"


def measure(
    scores: Scores, point: OperatingPoint, *, split: str, leakage: dict[str, Any]
) -> dict[str, Any]:
    """All figures of the photos of one split.

    Rates of OK and NG use score >= threshold, so a review band does not change them; its share
    stands beside them as `review_rate`. A photo that could not be judged counts as NG, as on the
    line, and is listed under `errors`.

    Args:
        scores: of the photos to measure on.
        point: the operating point that judged them.
        split: its name, for the record.
        leakage: `photos`, `checked`, and `paths` of photos whose group training has seen.

    Returns:
        Plain values, ready for JSON; every rate is {value, low, high, n, method}.
    """
    rates = _binary(scores, point) if scores.ok_class else _types_only(scores)
    document: dict[str, Any] = {name: rate.model_dump() for name, rate in rates.items()}
    if scores.ok_class:
        document["escape_rate"]["upper_one_sided"] = _escape_bound(scores, point)
    document |= {
        "confusion_matrix": _confusion(scores).tolist(),
        "classes": list(scores.classes),
        "ok_class": scores.ok_class,
        "positive": "defective",
        "threshold": point.threshold,
        "split": split,
        "photos": len(scores),
        "groups": len(np.unique(scores.groups)),
        "leakage": _leakage(scores, point, leakage),
        "classification_report": _report(scores),
        "errors": scores.table.loc[scores.table["error"] != "", "path"].tolist(),
    }
    if scores.ok_class:
        document["calibration"] = _calibration(scores)
        document["proves"] = what_it_proves(scores, point)
    if len(scores.classes) > 2:
        document["types"] = measure_types(scores)
    return document


def what_it_proves(scores: Scores, point: OperatingPoint) -> list[str]:
    """What this test can prove about escapes, and what it would take to prove more."""
    defective = scores.is_defective
    parts = len(np.unique(scores.groups[defective]))
    if not parts:
        return ["The test holds no defective part: it proves nothing about escapes."]
    escaped = int((scores.defect_scores[defective] < point.threshold).sum())
    bound = _escape_bound(scores, point)
    photos = f"{int(defective.sum())} photos of {parts} defective parts"
    found = f"{escaped or 'No'} escape{'' if escaped == 1 else 's'} in {photos}"
    proven = f"with 95 % confidence, at most {bound:.2%} of defective parts escape"
    sentences = [f"{found}: {proven}."]
    for goal in GOALS:
        needed = math.ceil(math.log(0.05) / math.log(1 - goal))
        if bound is not None and bound > goal:
            sentences.append(
                f"To prove an escape rate below {goal:.1%}, a test of {needed:,} defective parts "
                "without a single escape is needed."
            )
    return [
        *sentences,
        "It says nothing about parts, light or cameras that the test does not show.",
    ]


def _binary(scores: Scores, point: OperatingPoint) -> dict[str, Rate]:
    truth, groups = scores.is_defective, scores.groups
    called = scores.defect_scores >= point.threshold
    right = called == truth

    def share(hits: Bools, of: Bools) -> Rate:
        return proportion(hits[of], groups[of])

    everything = np.ones(len(truth), dtype=bool)
    return {
        "accuracy": share(right, everything),
        "precision": share(truth, called),
        "recall": share(called, truth),
        "f1": _f1(truth, called, groups),
        "specificity": share(~called, ~truth),
        "balanced_accuracy": _balanced(truth, called, groups),
        "roc_auc": _ranking(sk.roc_auc_score, scores),
        "average_precision": _ranking(sk.average_precision_score, scores),
        "escape_rate": share(~called, truth),
        "overkill_rate": share(called, ~truth),
        "review_rate": share(np.asarray(scores.table["verdict"] == "REVIEW"), everything),
    }


def _types_only(scores: Scores) -> dict[str, Rate]:
    truth, guess, groups = scores.labels, scores.guesses, scores.groups
    figures = {name: nothing(_NO_OK) for name in RATES}
    figures["accuracy"] = proportion(truth == guess, groups)
    for name, score in (("precision", sk.precision_score), ("recall", sk.recall_score),
                        ("f1", sk.f1_score)):  # fmt: skip

        def macro(rows: npt.NDArray[np.int64], score: Any = score) -> float:
            return float(score(truth[rows], guess[rows], average="macro", zero_division=0))

        low, high, draws = bootstrap(macro, groups, replicates=300)
        figures[name] = Rate(
            value=macro(np.arange(len(truth))), low=low, high=high, n=len(truth),
            method=f"macro average, bootstrap over groups, {draws} draws",
        )  # fmt: skip
    return figures


def _f1(truth: Bools, called: Bools, groups: npt.NDArray[np.int64]) -> Rate:
    def f1(rows: npt.NDArray[np.int64]) -> float | None:
        hits = int((truth[rows] & called[rows]).sum())
        total = int(truth[rows].sum() + called[rows].sum())
        return 2 * hits / total if total else None

    value = f1(np.arange(len(truth)))
    if value is None:
        return nothing("no defective part, and none called so")
    if value == 1.0:
        errors = clopper_pearson(0, len(np.unique(groups)))[1] * len(truth)
        low = 2 * truth.sum() / (2 * truth.sum() + errors)
        method = "no error seen; low end from the exact bound of the error rate"
        return Rate(value=1.0, low=float(low), high=1.0, n=len(truth), method=method)
    return _bootstrapped(f1, value, groups)


def _balanced(truth: Bools, called: Bools, groups: npt.NDArray[np.int64]) -> Rate:
    sides = [proportion(called[truth], groups[truth]), proportion(~called[~truth], groups[~truth])]
    if any(side.value is None for side in sides):
        return nothing("a class is missing")
    mean = [float(np.mean([getattr(s, end) for s in sides])) for end in ("value", "low", "high")]
    method = "mean of recall and specificity, and of the ends of their intervals"
    return Rate(value=mean[0], low=mean[1], high=mean[2], n=len(truth), method=method)


def _ranking(score: Any, scores: Scores) -> Rate:
    truth, values, groups = scores.is_defective, scores.defect_scores, scores.groups

    def ranked(rows: npt.NDArray[np.int64]) -> float | None:
        mixed = 0 < truth[rows].sum() < len(rows)
        return float(score(truth[rows], values[rows])) if mixed else None

    value = ranked(np.arange(len(truth)))
    if value is None:
        return nothing("a class is missing")
    if value < 1.0:
        return _bootstrapped(ranked, value, groups, replicates=500)
    pairs = min(len(np.unique(groups[truth])), len(np.unique(groups[~truth])))
    method = f"no error seen; low end from {pairs} independent pairs of a good and a defective part"
    return Rate(
        value=1.0, low=clopper_pearson(pairs, pairs)[0], high=1.0, n=len(truth), method=method
    )


def _bootstrapped(
    statistic: Any, value: float, groups: npt.NDArray[np.int64], replicates: int = 1000
) -> Rate:
    low, high, draws = bootstrap(statistic, groups, replicates=replicates)
    method = f"bootstrap over groups, {draws} draws"
    return Rate(
        value=value, low=min(low, value), high=max(high, value), n=len(groups), method=method
    )


def _escape_bound(scores: Scores, point: OperatingPoint) -> float | None:
    """One-sided 95 % bound of the escape rate; a part escapes when any photo of it does."""
    defective = scores.is_defective
    groups = scores.groups[defective]
    if not len(groups):
        return None
    passed = scores.defect_scores[defective] < point.threshold
    return upper_bound(len(np.unique(groups[passed])), len(np.unique(groups)))


def _confusion(scores: Scores) -> npt.NDArray[np.int64]:
    size = len(scores.classes)
    cells = np.bincount(scores.labels * size + scores.guesses, minlength=size * size)
    return cells.reshape(size, size)


def _report(scores: Scores) -> dict[str, dict[str, float]]:
    numbers = range(len(scores.classes))
    table = sk.precision_recall_fscore_support(
        scores.labels, scores.guesses, labels=list(numbers), zero_division=0
    )
    names = ("precision", "recall", "f1", "support")
    return {
        scores.classes[i]: {
            name: float(values[i]) for name, values in zip(names, table, strict=True)
        }
        for i in numbers
    }


def _calibration(scores: Scores) -> dict[str, float]:
    values, truth = scores.defect_scores, scores.is_defective
    return {"ece": expected_calibration_error(values, truth), "brier": brier(values, truth)}


def _leakage(scores: Scores, point: OperatingPoint, leakage: dict[str, Any]) -> dict[str, Any]:
    if not leakage["photos"] or not scores.ok_class:
        return leakage
    clean = scores.keep(~np.asarray(scores.table["path"].isin(leakage["paths"])))
    rates = _binary(clean, point)
    kept = ("accuracy", "precision", "recall", "escape_rate", "overkill_rate")
    without = {name: rates[name].model_dump() for name in kept}
    return {**leakage, "without_leaked": {"photos": len(clean), **without}}
