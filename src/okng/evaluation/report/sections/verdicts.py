"""Verdicts on the sample: the confusion matrix, every rate, every class."""

from collections.abc import Iterator
from typing import Any

from okng.evaluation.decision import Evidence, too_few_parts
from okng.evaluation.report.blocks import (
    Block,
    Bullets,
    Paragraph,
    Picture,
    Table,
    Text,
    soft,
)
from okng.evaluation.report.inputs import Source
from okng.evaluation.report.wording import (
    JOINED,
    MEANINGS,
    NAMES,
    TYPE_MEANINGS,
    TYPE_NAMES,
    figure,
    percent,
    span,
    with_span,
)
from okng.wording import mark, method_in_words, number, phrase, term, translated


def verdicts(source: Source) -> Iterator[Block]:
    """The figures of the sample at the operating point."""
    metrics = source.metrics
    yield _table(metrics["classes"], metrics["confusion_matrix"], "Confusion matrix, in photos")
    if picture := source.figure("confusion_matrix"):
        yield Picture(picture, mark("Confusion matrix, also as shares"), width=0.42)
    yield _rates(metrics)
    yield Paragraph(_methods(metrics), soft=True)
    if missing := tuple(_absent(metrics)):
        yield Bullets(missing)
    yield _classes(metrics)
    if types := metrics.get("types"):
        yield Paragraph(
            phrase(
                "Over all classes {accuracy:percent} are named correctly ({interval}), mean F1 of "
                "the classes {f1:.3f}.",
                accuracy=types["accuracy"]["value"],
                interval=span(types["accuracy"]),
                f1=types["macro_f1"],
            )
        )


def matrix(metrics: dict[str, Any], evidence: Evidence) -> Table:
    """The confusion matrix of the figures that stand first, in photos."""
    cells = evidence.figures["confusion_matrix"]
    caption = "Confusion matrix, in photos"
    if evidence.folded:
        caption = "Confusion matrix, in photos, out of fold"
    if evidence.folded and metrics["ok_class"] is not None:
        return _table([term("good"), term("defective")], cells, caption)
    if len(metrics["classes"]) > 2 and metrics.get("verdicts"):
        return _by_verdict(metrics["verdicts"])
    return _table(metrics["classes"], cells, caption)


def _by_verdict(verdicts: dict[str, dict[str, int]]) -> Table:
    """What the threshold makes of each class: the likeliest class stands in the results."""
    rows = tuple((name, number(v["OK"], ","), number(v["NG"], ",")) for name, v in verdicts.items())
    head = ("in truth", "verdict OK", "verdict NG")
    return Table(head, rows, frozenset({1, 2}), "Verdicts of each class, in photos")


def _table(names: list[str], cells: list[list[int]], caption: str) -> Table:
    rows = tuple(
        (name, *(number(cell, ",") for cell in row)) for name, row in zip(names, cells, strict=True)
    )
    head = (mark("in truth"), *(phrase("judged {name}", name=name) for name in names))
    return Table(head, rows, frozenset(range(1, len(names) + 1)), caption)


def _rates(metrics: dict[str, Any]) -> Table:
    names, meanings = (NAMES, MEANINGS) if metrics["ok_class"] else (TYPE_NAMES, TYPE_MEANINGS)
    few = too_few_parts(metrics)
    rows: list[tuple[Text, ...]] = []
    marks = _marks(metrics)
    for name in _shown(metrics):
        value, interval = figure(name, metrics[name], few=few)
        letter = "" if few and name in JOINED else f" [{marks[str(metrics[name]['method'])]}]"
        meaning = soft(translated(meanings[name]))
        rows.append((translated(names[name]), value, interval, letter.strip(), meaning))
    return Table(
        ("figure", "value", "95 % interval", "method", "meaning"),
        tuple(rows),
        frozenset({1, 2}),
        "Every rate with its two-sided interval",
        widths=(0.2, 0.11, 0.21, 0.09, 0.39),
    )


def _shown(metrics: dict[str, Any]) -> list[str]:
    """Figures with a value; a share sent to a person only where there is a review band."""
    band = (metrics.get("operating_point") or {}).get("review_low") is not None
    asked = band or bool((metrics.get("review_rate") or {}).get("value"))
    known = NAMES if metrics["ok_class"] else TYPE_NAMES
    names = [name for name in known if (metrics.get(name) or {}).get("value") is not None]
    return [name for name in names if name != "review_rate" or asked]


def _marks(metrics: dict[str, Any]) -> dict[str, str]:
    """A letter for each method by which an interval was computed."""
    methods = dict.fromkeys(str(metrics[name]["method"]) for name in _shown(metrics))
    return {method: chr(ord("a") + number) for number, method in enumerate(methods)}


def _methods(metrics: dict[str, Any]) -> str:
    """The methods behind the letters, as footnotes."""
    notes = [f"[{letter}] {method_in_words(method)}." for method, letter in _marks(metrics).items()]
    end = translated("On the first page stand one-sided bounds, which are a little tighter.")
    return " ".join([*notes, end])


def _classes(metrics: dict[str, Any]) -> Table:
    """Each class; with types, their recall has an interval, else the rates above have it."""
    recall = (metrics.get("types") or {}).get("recall", {})
    rows = tuple(
        (f"{name}{' (OK)' if name == metrics['ok_class'] else ''}", percent(row["precision"]),
         with_span(recall[name]) if name in recall else percent(row["recall"]),
         number(row["f1"], ".3f"), number(int(row["support"]), ","))
        for name, row in metrics["classification_report"].items()
    )  # fmt: skip
    of_recall = mark("recall (95 % interval)") if recall else mark("recall")
    head = ("class", "precision", of_recall, "F1", "photos")
    return Table(head, rows, frozenset({1, 2, 3, 4}), "Figures of each class")


def _absent(metrics: dict[str, Any]) -> Iterator[Text]:
    """Rates that the sample cannot give, and why; without an OK class most are not defined."""
    if metrics["ok_class"] is None:
        return
    for name, label in NAMES.items():
        rate = metrics.get(name)
        if rate and rate["value"] is None:
            yield phrase(
                "{figure}: none, {reason}",
                figure=translated(label),
                reason=method_in_words(rate["method"]),
            )
