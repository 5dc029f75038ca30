"""Names and numbers as a report writes them."""

from collections.abc import Mapping
from typing import Any

from okng.evaluation.decision.evidence import JOINED
from okng.evaluation.report.blocks import Span, soft
from okng.wording import (
    between,
    counted,
    mark,
    method_in_words,
    number,
    percent,
    phrase,
    texts,
    translated,
)
from okng.wording import listed as rows_of_words

__all__ = [
    "CHECKS",
    "HEADLINE",
    "JOINED",
    "MEANINGS",
    "NAMES",
    "TYPE_MEANINGS",
    "TYPE_NAMES",
    "between",
    "capital",
    "count",
    "figure",
    "listed",
    "meaning_of_figure",
    "name_of_figure",
    "names_of_checks",
    "percent",
    "plain",
    "range_of",
    "set_aside",
    "span",
    "texts",
    "with_span",
]

HEADLINE = ("escape_rate", "overkill_rate", "accuracy", "recall")
NAMES = {
    "escape_rate": mark("Escape rate"),
    "overkill_rate": mark("Overkill rate"),
    "accuracy": mark("Accuracy"),
    "recall": mark("Recall on defects"),
    "precision": mark("Precision"),
    "f1": mark("F1"),
    "specificity": mark("Specificity"),
    "balanced_accuracy": mark("Balanced accuracy"),
    "matthews": mark("Matthews correlation"),
    "roc_auc": mark("ROC AUC"),
    "average_precision": mark("Average precision"),
    "review_rate": mark("Sent to a person"),
}
MEANINGS = {
    "escape_rate": mark("defective parts that got OK"),
    "overkill_rate": mark("good parts that got NG"),
    "accuracy": mark("parts judged correctly"),
    "recall": mark("defective parts that were caught: 100 % less the escape rate"),
    "precision": mark("parts called NG that are defective"),
    "f1": mark("harmonic mean of precision and recall"),
    "specificity": mark("good parts that got OK: 100 % less the overkill rate"),
    "balanced_accuracy": mark("mean of recall and specificity"),
    "matthews": mark("agreement of verdict and truth, from -1 to 1; 0 is chance"),
    "roc_auc": mark(
        "chance that a defective part scores above a good one, whatever the threshold; 0.5 "
        "is guessing, 1 perfect"
    ),
    "average_precision": mark(
        "area under precision over recall, whatever the threshold; 1 is perfect"
    ),
    "review_rate": mark("parts in the review band, or unlike all training photos"),
}
CHECKS = {
    "unreadable": mark("photos that cannot be read"),
    "exact_duplicates": mark("equal copies"),
    "near_duplicates": mark("turned or changed copies"),
    "leaks": mark("parts on both sides of the split"),
    "label_conflicts": mark("one part under two labels"),
    "suspicious_labels": mark("labels that look wrong"),
    "shortcuts": mark("light or formats that give the class away"),
    "formats": mark("mixed formats"),
    "exposure": mark("bad exposure or blur"),
    "drift": mark("other light or cameras in one split"),
    "defect_sizes": mark("defects too small for the network's input"),
}
TYPE_NAMES = {
    "accuracy": mark("Accuracy"),
    "recall": mark("Mean recall"),
    "precision": mark("Mean precision"),
    "f1": mark("Mean F1"),
}
"""Names of the figures where there is no class of good parts: means of the types."""
TYPE_MEANINGS = {
    "accuracy": mark("photos whose type was named correctly"),
    "recall": mark("share of a type that is named so, mean of the types"),
    "precision": mark("share of right names among all of a name, mean of the types"),
    "f1": mark("harmonic mean of precision and recall, mean of the types"),
}
FEW = mark("too few parts for an interval")
_PLAIN = {"f1", "matthews", "roc_auc", "average_precision"}  # no shares of parts


def span(rate: Mapping[str, Any]) -> str:
    """The interval of a rate."""
    if rate["low"] is None:
        return method_in_words(str(rate["method"]))
    return between(rate["low"], rate["high"])


def figure(name: str, rate: Mapping[str, Any], *, few: bool = False) -> tuple[str, str]:
    """Value and interval of a named figure; of few parts joined figures have no interval."""
    if few and name in JOINED and rate["value"] is not None:
        value = number(rate["value"], ".3f") if name in _PLAIN else percent(rate["value"])
        return value, translated(FEW)
    if name in _PLAIN and rate["value"] is not None:
        value = number(rate["value"], ".3f")
        if rate["low"] is None:
            return value, method_in_words(str(rate["method"]))
        return value, range_of(rate["low"], rate["high"], ".3f")
    return percent(rate["value"]), span(rate)


def range_of(low: float, high: float, spec: str) -> str:
    """Two numbers as a range."""
    return phrase("{low} to {high}", low=number(low, spec), high=number(high, spec))


def with_span(rate: Mapping[str, Any]) -> tuple[str | Span, ...]:
    """Value, and the interval behind it."""
    if rate["value"] is None:
        return (soft(span(rate)),)
    return percent(rate["value"]), soft(f" ({span(rate)})")


def count(number: int, one: str, many: str = "") -> str:
    """A number with its noun."""
    return counted(number, one, many or f"{one}s")


def listed(names: Any) -> str:
    """Names in a row: a, b and c."""
    return rows_of_words(str(name) for name in names)


def name_of_figure(name: str) -> str:
    """The name of a figure in the chosen language."""
    return translated(NAMES[name])


def meaning_of_figure(name: str) -> str:
    """What a figure counts, in the chosen language, without its second half."""
    return translated(MEANINGS[name]).partition(":")[0]


def capital(text: str) -> str:
    """Text that begins a sentence."""
    return f"{text[:1].upper()}{text[1:]}"


def plain(name: str) -> str:
    """A key as words."""
    return name.replace("_", " ")


def names_of_checks(checks: Any) -> str:
    """What checks of the audit look for, in a row."""
    return listed(translated(CHECKS.get(name, plain(name))) for name in checks)


def set_aside(metrics: Mapping[str, Any]) -> bool:
    """Whether all reported photos are test photos of the run, unchanged and free of leaks.

    Older files do not say so: there, the test of a run is what a run reported.
    """
    leak = metrics["leakage"]
    own_test = metrics["split"] == "test" and "evaluation" not in metrics
    return bool(leak.get("set_aside", own_test)) and not leak["photos"]
