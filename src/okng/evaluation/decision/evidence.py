"""Which figures a decision rests on: the test, or all parts out of fold where the test is small."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from okng.evaluation.decision.bounds import bound_of

FEW_PARTS = 10
"""Parts of a class below which an interval of a joined figure, such as F1 or AUC, says nothing."""

JOINED = frozenset(
    {"precision", "f1", "balanced_accuracy", "matthews", "roc_auc", "average_precision"}
)
"""Figures that join several counts: with a handful of parts their intervals say nothing."""


class Side(NamedTuple):
    """Errors on the good, or on the defective parts.

    Attributes:
        name: escape_rate or overkill_rate.
        errors: photos with the wrong verdict.
        photos: photos of this side.
        parts: parts that they show, as far as known.
        value: share of errors, in [0, 1].
        bound: the largest share that is not excluded at 95 %, one-sided.
    """

    name: str
    errors: int
    photos: int
    parts: int
    value: float
    bound: float


class Evidence(NamedTuple):
    """What a decision rests on.

    Attributes:
        figures: rates by name: metrics.json itself, or its part `out_of_fold`.
        folded: whether each part was judged out of fold.
        sides: escapes and overkills, where there are parts of the side.
        parts: parts of all classes.
        photos: photos of all classes.
    """

    figures: Mapping[str, Any]
    folded: bool
    sides: tuple[Side, ...]
    parts: int
    photos: int


def evidence_of(metrics: Mapping[str, Any]) -> Evidence:
    """The figures that stand first.

    Args:
        metrics: content of metrics.json.
    """
    folds = metrics.get("out_of_fold") or {}
    # few test parts: figures out of fold rest on more
    folded = bool(folds.get("stands_first")) and folds.get("accuracy", {}).get("value") is not None
    figures = folds if folded else metrics
    return Evidence(
        figures,
        folded,
        tuple(_sides(figures, has_ok=metrics["ok_class"] is not None)),
        int(figures["groups"]),
        int(figures["photos"]),
    )


def too_few_parts(figures: Mapping[str, Any]) -> bool:
    """Whether a class has so few parts that the interval of a joined figure says nothing."""
    kinds = [int(figures[kind]["parts"]) for kind in ("good", "defective") if kind in figures]
    counts = [n for n in kinds if n] or [int(figures.get("groups", 0))]
    return min(counts) < FEW_PARTS


def _sides(figures: Mapping[str, Any], *, has_ok: bool) -> list[Side]:
    sides = []
    for name, kind in (("escape_rate", "defective"), ("overkill_rate", "good")):
        rate = figures.get(name) or {}
        if not has_ok or rate.get("value") is None:
            continue
        photos = int(rate["n"])
        parts = int((figures.get(kind) or {}).get("parts", photos))
        bound = bound_of(name, rate)
        errors = round(rate["value"] * photos)
        sides.append(
            Side(name, errors, photos, parts, rate["value"], 1.0 if bound is None else bound)
        )
    return sides
