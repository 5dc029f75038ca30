"""Names and numbers as a report writes them."""

from collections.abc import Mapping
from typing import Any

from okng.evaluate.report.blocks import Span, soft

HEADLINE = ("escape_rate", "overkill_rate", "accuracy", "recall")
NAMES = {
    "escape_rate": "Escape rate",
    "overkill_rate": "Overkill rate",
    "accuracy": "Accuracy",
    "recall": "Recall on defects",
    "precision": "Precision",
    "f1": "F1",
    "specificity": "Specificity",
    "balanced_accuracy": "Balanced accuracy",
    "matthews": "Matthews correlation",
    "roc_auc": "ROC AUC",
    "average_precision": "Average precision",
    "review_rate": "Sent to a person",
}
MEANINGS = {
    "escape_rate": "defective parts that got OK",
    "overkill_rate": "good parts that got NG",
    "accuracy": "parts judged rightly",
    "recall": "defective parts that were caught",
    "precision": "parts called NG that are defective",
    "f1": "harmonic mean of precision and recall",
    "specificity": "good parts that got OK",
    "balanced_accuracy": "mean of recall and specificity",
    "matthews": "agreement of verdict and truth, from -1 to 1; 0 is chance",
    "roc_auc": "a defective part scores above a good one",
    "average_precision": "area under precision over recall",
    "review_rate": "parts in the review band, or unlike all training photos",
}
_PLAIN = {"matthews"}  # no shares


def percent(value: float | None) -> str:
    """A share in [0, 1] as a percentage; `none` when there is none."""
    return "none" if value is None else f"{100 * value:.2f} %"


def span(rate: Mapping[str, Any]) -> str:
    """The interval of a rate."""
    if rate["low"] is None:
        return str(rate["method"])
    return f"{100 * rate['low']:.2f} to {100 * rate['high']:.2f} %"


def figure(name: str, rate: Mapping[str, Any]) -> tuple[str, str]:
    """Value and interval of a named figure."""
    if name in _PLAIN and rate["value"] is not None:
        return f"{rate['value']:.3f}", f"{rate['low']:.3f} to {rate['high']:.3f}"
    return percent(rate["value"]), span(rate)


def with_span(rate: Mapping[str, Any]) -> tuple[str | Span, ...]:
    """Value, and the interval behind it."""
    if rate["value"] is None:
        return (soft(span(rate)),)
    return percent(rate["value"]), soft(f" ({span(rate)})")


def count(number: int, one: str, many: str = "") -> str:
    """A number with its noun."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(names: Any) -> str:
    """Names in a row: a, b and c."""
    words = [str(name) for name in names]
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def plain(name: str) -> str:
    """A key as words."""
    return name.replace("_", " ")


def verdict_in_words(metrics: Mapping[str, Any]) -> str:
    """What the figures come to, in one sentence that an engineer can repeat."""
    if metrics["leakage"]["photos"]:
        return (
            f"{metrics['leakage']['photos']} of {metrics['photos']} test photos show a part that "
            "training has seen. The figures as given are memory, not evidence."
        )
    if metrics["ok_class"] is None:
        return f"{percent(metrics['accuracy']['value'])} of defect types were named rightly."
    escape, overkill = metrics["escape_rate"], metrics["overkill_rate"]
    if escape["value"] is None or overkill["value"] is None:
        return _one_sided(metrics)
    return (
        f"Of 100 defective parts about {100 * escape['value']:.1f} escape (this test cannot rule "
        f"out {100 * escape['high']:.1f}), and of 100 good parts about "
        f"{100 * overkill['value']:.1f} are rejected (up to {100 * overkill['high']:.1f})."
    )


def _one_sided(metrics: Mapping[str, Any]) -> str:
    """What a test can say that lacks good or defective parts."""
    if metrics["escape_rate"]["value"] is None and metrics["overkill_rate"]["value"] is None:
        return "The test holds no photo that could be judged: it says nothing."
    kind, rate, word = (
        ("defective", metrics["overkill_rate"], "good parts are rejected")
        if metrics["escape_rate"]["value"] is None
        else ("good", metrics["escape_rate"], "defective parts escape")
    )
    missing = "how many escape" if kind == "defective" else "how many are rejected needlessly"
    return (
        f"Of 100 {word.split(maxsplit=1)[0]} parts about {100 * rate['value']:.1f} "
        f"{'are rejected' if kind == 'defective' else 'escape'} (up to {100 * rate['high']:.1f}). "
        f"The test holds no {kind} part, so it cannot tell {missing}."
    )
