"""Scores -> the figures of `metrics.json` that every test has, with their intervals.

The positive class is *defective* everywhere, whatever the order of folder names.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn import metrics as sk

from okng.evaluation.decision.bounds import add_accuracy_bound, add_bounds
from okng.evaluation.metrics.binary_rates import coefficients, rankings, shares
from okng.evaluation.metrics.calibration import brier, expected_calibration_error
from okng.evaluation.metrics.conclusions import what_it_proves
from okng.evaluation.metrics.multiclass import measure_types
from okng.evaluation.scores import Scores
from okng.evaluation.statistics.intervals import Rate, nothing, proportion
from okng.evaluation.statistics.macro import macro_averages
from okng.verdict import OperatingPoint, reaches_threshold

RATES = ("accuracy", "precision", "recall", "f1", "specificity", "balanced_accuracy", "matthews",
         "roc_auc", "average_precision", "escape_rate", "overkill_rate", "review_rate")  # fmt: skip
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
    rates = _binary(scores, point) if scores.ok_class else macro_rates(scores)
    document: dict[str, Any] = {name: rates[name].model_dump() for name in RATES}
    if scores.ok_class:
        truth = scores.is_defective
        called = reaches_threshold(scores.defect_scores, point.threshold)
        add_bounds(document, truth, called, scores.groups)
        document["calibration"] = _calibration(scores)
        document["proves"] = what_it_proves(truth, called, scores.groups)
    else:
        right = scores.labels == scores.guesses
        add_accuracy_bound(document, right, scores.groups)
    document |= _counts(scores, point, split)
    document["leakage"] = _leakage(scores, point, leakage)
    if point.unfamiliar_limit is not None and "unfamiliarity" in scores.table:
        document["unfamiliar"] = _unfamiliar(scores, point)
    document["warnings"] = _warnings(scores)
    unseen = scores.table["label"][~scores.is_known].value_counts()
    if len(unseen):
        document["unseen_classes"] = {str(name): int(n) for name, n in unseen.items()}
    if len(scores.classes) > 2 or scores.ok_class is None:
        document["types"] = measure_types(scores.keep(scores.is_known))
    return document


def _counts(scores: Scores, point: OperatingPoint, split: str) -> dict[str, Any]:
    known = scores if len(scores.classes) == 2 else scores.keep(scores.is_known)
    return {
        "confusion_matrix": confusion(known).tolist(),
        **({"verdicts": _verdicts(scores)} if scores.ok_class else {}),
        "misses": int((scores.judged_as != scores.table["label"])[scores.is_known].sum()),
        "classes": list(scores.classes),
        "ok_class": scores.ok_class,
        "positive": "defective",
        "threshold": point.threshold,
        "split": split,
        "photos": len(scores),
        "groups": len(np.unique(scores.groups)),
        "good": _amount(scores, ~scores.is_defective),
        "defective": _amount(scores, scores.is_defective),
        "classification_report": _report(known),
        "errors": scores.table.loc[scores.table["error"] != "", "path"].tolist(),
    }


def _amount(scores: Scores, kind: npt.NDArray[np.bool_]) -> dict[str, int]:
    return {"photos": int(kind.sum()), "parts": len(np.unique(scores.groups[kind]))}


def _warnings(scores: Scores) -> list[str]:
    """What belongs beside the figures because they say less than they seem to."""
    found = []
    unseen = sorted(set(scores.table["label"][~scores.is_known]))
    if unseen:
        found.append(
            f"The model has no class for these labels: {', '.join(unseen)}. "
            "They count as defective parts"
            + ("." if len(scores.classes) == 2 else ", and are left out where types are compared.")
        )
    if len(scores) and len(np.unique(scores.groups)) == 1:
        found.append("All photos show one part: they prove nothing about any other.")
    if scores.ok_class and len(scores) and scores.is_defective.all():
        found.append(
            "There is no good part among the photos: overkill is unknown, and accuracy and "
            "precision do not count it."
        )
    if scores.ok_class and len(scores) and not scores.is_defective.any():
        found.append(
            "There is no defective part among the photos: escapes are unknown, and accuracy does "
            "not count them."
        )
    if (unjudged := int((scores.table["error"] != "").sum())) > 0:
        found.append(f"{unjudged} photos could not be judged. They count as NG, as on the line.")
    return found


def _binary(scores: Scores, point: OperatingPoint) -> dict[str, Rate]:
    truth, groups = scores.is_defective, scores.groups
    called = reaches_threshold(scores.defect_scores, point.threshold)
    review = np.asarray(scores.table["verdict"] == "REVIEW")
    return {
        **shares(truth, called, groups),
        **coefficients(truth, called, groups),
        **rankings(scores.defect_scores, truth, groups),
        "review_rate": proportion(review, groups),
    }


def macro_rates(scores: Scores) -> dict[str, Rate]:
    """Without an OK class: accuracy, and macro averages over the types."""
    truth, guess, groups = scores.labels, scores.guesses, scores.groups
    figures = {name: nothing(_NO_OK) for name in RATES}
    figures["accuracy"] = proportion(truth == guess, groups)
    return figures | macro_averages(truth, guess, groups, len(scores.classes))


def confusion(scores: Scores) -> npt.NDArray[np.int64]:
    """Counts (K, K): rows in truth, columns as judged."""
    size = len(scores.classes)
    cells = np.bincount(scores.labels * size + scores.guesses, minlength=size * size)
    return cells.reshape(size, size)


def _verdicts(scores: Scores) -> dict[str, dict[str, int]]:
    """What the threshold makes of the photos of each class in truth; no review band counts."""
    labels = scores.table["label"]
    names = dict.fromkeys([*scores.classes, *sorted(set(labels[~scores.is_known]))])
    called = {name: scores.called[np.asarray(labels == name)] for name in names}
    return {n: {"OK": int((~c).sum()), "NG": int(c.sum())} for n, c in called.items()}


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
    return {**leakage, "without_leaked": _short(clean, point)}


def _unfamiliar(scores: Scores, point: OperatingPoint) -> dict[str, Any]:
    """How many photos are unlike the training photos, and the figures of the others."""
    strange = scores.unfamiliar(point)
    found: dict[str, Any] = {
        "limit": point.unfamiliar_limit,
        "photos": int(strange.sum()),
        "rate": proportion(strange, scores.groups).model_dump(),
    }
    if strange.any() and not strange.all() and scores.ok_class:
        found["without"] = _short(scores.keep(~strange), point)
    return found


def _short(scores: Scores, point: OperatingPoint) -> dict[str, Any]:
    """The main rates of a part of the photos."""
    called = reaches_threshold(scores.defect_scores, point.threshold)
    rates = shares(scores.is_defective, called, scores.groups)
    kept = ("accuracy", "precision", "recall", "escape_rate", "overkill_rate")
    return {"photos": len(scores), **{name: rates[name].model_dump() for name in kept}}
