"""Verdicts on the sample: the confusion matrix, every rate, every class."""

from collections.abc import Iterator
from typing import Any

from okng.evaluate.report.blocks import Block, Bullets, Paragraph, Picture, Table, Text, soft
from okng.evaluate.report.source import Source
from okng.evaluate.report.words import MEANINGS, NAMES, figure, listed, percent, span, with_span


def verdicts(source: Source) -> Iterator[Block]:
    """The figures of the sample at the operating point."""
    metrics = source.metrics
    yield _matrix(metrics)
    if picture := source.figure("confusion_matrix"):
        yield Picture(picture, "Confusion matrix, also as shares", width=0.42)
    yield _rates(metrics)
    yield Paragraph(_methods(metrics), soft=True)
    if missing := tuple(_absent(metrics)):
        yield Bullets(missing)
    yield _classes(metrics)
    if types := metrics.get("types"):
        yield Paragraph(
            f"Over all classes {percent(types['accuracy']['value'])} are named rightly "
            f"({span(types['accuracy'])}), mean F1 of the classes {types['macro_f1']:.3f}."
        )


def _matrix(metrics: dict[str, Any]) -> Table:
    names, cells = metrics["classes"], metrics["confusion_matrix"]
    rows = tuple(
        (name, *(f"{cell:,}" for cell in row)) for name, row in zip(names, cells, strict=True)
    )
    head = ("in truth", *(f"judged {name}" for name in names))
    return Table(head, rows, frozenset(range(1, len(names) + 1)), "Confusion matrix, in photos")


def _rates(metrics: dict[str, Any]) -> Table:
    rows: list[tuple[Text, ...]] = []
    for name in _shown(metrics):
        value, interval = figure(name, metrics[name])
        rows.append((NAMES[name], value, interval, soft(MEANINGS[name])))
    return Table(
        ("figure", "value", "95 % interval", "meaning"),
        tuple(rows),
        frozenset({1, 2}),
        "Every rate with its interval",
        widths=(0.2, 0.13, 0.22, 0.45),
    )


def _shown(metrics: dict[str, Any]) -> list[str]:
    """Figures with a value; a share sent to a person only where there is a review band."""
    band = (metrics.get("operating_point") or {}).get("review_low") is not None
    asked = band or bool((metrics.get("review_rate") or {}).get("value"))
    names = [name for name in NAMES if (metrics.get(name) or {}).get("value") is not None]
    return [name for name in names if name != "review_rate" or asked]


def _methods(metrics: dict[str, Any]) -> str:
    """How the intervals were computed, each method once."""
    of: dict[str, list[str]] = {}
    for name in _shown(metrics):
        of.setdefault(str(metrics[name]["method"]), []).append(_inside(NAMES[name]))
    if len(of) == 1:
        return f"Intervals: {next(iter(of))}."
    each = "; ".join(f"{how} for {listed(names)}" for how, names in of.items())
    return f"Intervals: {each}."


def _inside(name: str) -> str:
    """A name within a sentence: Escape rate becomes escape rate, but F1 and Matthews stay."""
    return name if name.startswith(("F1", "Matthews", "ROC")) else name[:1].lower() + name[1:]


def _classes(metrics: dict[str, Any]) -> Table:
    """Each class; with types, their recall has an interval, else the rates above have it."""
    recall = (metrics.get("types") or {}).get("recall", {})
    rows = tuple(
        (f"{name}{' (OK)' if name == metrics['ok_class'] else ''}", percent(row["precision"]),
         with_span(recall[name]) if name in recall else percent(row["recall"]),
         f"{row['f1']:.3f}", f"{int(row['support']):,}")
        for name, row in metrics["classification_report"].items()
    )  # fmt: skip
    head = ("class", "precision", f"recall{' (95 % interval)' if recall else ''}", "F1", "photos")
    return Table(head, rows, frozenset({1, 2, 3, 4}), "Figures of each class")


def _absent(metrics: dict[str, Any]) -> Iterator[Text]:
    """Rates that the sample cannot give, and why."""
    for name, label in NAMES.items():
        rate = metrics.get(name)
        if rate and rate["value"] is None:
            yield f"{label}: none, {rate['method']}"
