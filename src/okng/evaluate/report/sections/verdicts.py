"""Verdicts on the sample: the confusion matrix, every rate, every class."""

from collections.abc import Iterator
from typing import Any

from okng.evaluate.report.blocks import Block, Bullets, Paragraph, Picture, Table, Text, soft
from okng.evaluate.report.source import Source
from okng.evaluate.report.words import MEANINGS, NAMES, figure, percent, span


def verdicts(source: Source) -> Iterator[Block]:
    """The figures of the sample at the operating point."""
    metrics = source.metrics
    yield _matrix(metrics)
    yield _rates(metrics)
    if missing := tuple(_absent(metrics)):
        yield Bullets(missing)
    yield _classes(metrics)
    if types := metrics.get("types"):
        yield Paragraph(
            f"Over all classes {percent(types['accuracy']['value'])} are named rightly "
            f"({span(types['accuracy'])}), macro F1 {percent(types['macro_f1'])}."
        )
    if picture := source.figure("confusion_matrix"):
        yield Picture(picture, "Confusion matrix, also as shares", width=0.5)


def _matrix(metrics: dict[str, Any]) -> Table:
    names, cells = metrics["classes"], metrics["confusion_matrix"]
    rows = tuple(
        (name, *(f"{cell:,}" for cell in row)) for name, row in zip(names, cells, strict=True)
    )
    head = ("in truth", *(f"judged {name}" for name in names))
    return Table(head, rows, frozenset(range(1, len(names) + 1)), "Confusion matrix, in photos")


def _rates(metrics: dict[str, Any]) -> Table:
    rows: list[tuple[Text, ...]] = []
    for name, label in NAMES.items():
        rate = metrics.get(name)
        if rate and rate["value"] is not None:
            value, interval = figure(name, rate)
            rows.append((label, value, interval, soft(f"{MEANINGS[name]}; {rate['method']}")))
    return Table(
        ("figure", "value", "95 % interval", "meaning, and how the interval was computed"),
        tuple(rows),
        frozenset({1, 2}),
        "Every rate with its interval",
        widths=(0.2, 0.13, 0.22, 0.45),
    )


def _classes(metrics: dict[str, Any]) -> Table:
    rows = tuple(
        (f"{name}{' (OK)' if name == metrics['ok_class'] else ''}",
         *(percent(row[key]) for key in ("precision", "recall", "f1")), f"{int(row['support']):,}")
        for name, row in metrics["classification_report"].items()
    )  # fmt: skip
    head = ("class", "precision", "recall", "F1", "photos")
    return Table(head, rows, frozenset({1, 2, 3, 4}), "Figures of each class")


def _absent(metrics: dict[str, Any]) -> Iterator[Text]:
    """Rates that the sample cannot give, and why."""
    for name, label in NAMES.items():
        rate = metrics.get(name)
        if rate and rate["value"] is None:
            yield f"{label}: none, {rate['method']}"
