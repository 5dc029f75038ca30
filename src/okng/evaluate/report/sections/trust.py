"""How far a score and a verdict can be trusted: calibration, and robustness to other photos."""

from collections.abc import Iterator
from typing import Any

from okng.evaluate.report.blocks import Block, Bullets, Paragraph, Picture, Table, Text
from okng.evaluate.report.source import Source
from okng.evaluate.report.words import count, percent, plain, with_span


def calibration(source: Source) -> Iterator[Block]:
    """Whether a score of 0.2 means that one such part in five is defective."""
    metrics = source.metrics
    found = metrics.get("reliability") or metrics.get("calibration")
    if not found:
        return
    yield Paragraph(
        "A score of 0.2 shall mean that one such part in five is defective. Expected calibration "
        f"error {found['ece']:.3f}, Brier score {found['brier']:.3f} (0 is perfect for both)."
    )
    if before := found.get("before"):
        text = f"Without calibration: {before['ece']:.3f} and {before['brier']:.3f}."
        yield Paragraph(text, soft=True)
    if found.get("sentences"):
        yield Bullets(tuple(found["sentences"]))
    if picture := source.figure("reliability"):
        yield Picture(picture, "Share of defective parts over the defect score", width=0.6)
    if bins := found.get("bins"):
        rows = tuple(
            (f"{row['low']:.1f} to {row['high']:.1f}", f"{row['photos']:,}",
             f"{row['mean_score']:.3f}", with_span(row["defective"]))
            for row in bins
        )  # fmt: skip
        head = ("score", "photos", "mean score", "of these defective")
        yield Table(head, rows, frozenset({1, 2}), "Reliability")


def robustness(source: Source) -> Iterator[Block]:
    """What changes of light, focus and position do to the verdicts."""
    found = source.metrics.get("robustness")
    if not found:
        return
    yield Paragraph(
        f"{count(found['photos'], 'photo')} were changed and judged again. In the usable range at "
        f"most {percent(found['limit'])} of the verdicts turn to the other side."
    )
    if found["sentences"]:
        yield Bullets(tuple(found["sentences"]))
    head = ("change", "usable from", "to", "tried from", "to", "warned before verdicts flip")
    rows = tuple(_range(kind) for kind in found["kinds"])
    yield Table(head, rows, frozenset({1, 2, 3, 4}), "Range in which the model may be used")
    if picture := source.figure("robustness"):
        yield Picture(picture, "Flipped verdicts over the strength of each change")
    yield _levels(found["kinds"])


def _range(kind: dict[str, Any]) -> tuple[Text, ...]:
    usable = kind["usable"]
    warned = {True: "yes", False: "no", None: "not known"}[kind["warned_first"]]
    keys = ("low", "high", "tested_low", "tested_high")
    return (named(kind), *("" if usable[k] is None else f"{usable[k]:g}" for k in keys), warned)


def _levels(kinds: list[dict[str, Any]]) -> Table:
    rows = tuple(
        (named(kind), f"{level['level']:g}", f"{level['drift']:.3f}", with_span(level["flipped"]),
         str(level["to_ok"]), str(level["to_ng"]))
        for kind in kinds
        for level in kind["levels"]
        if level["level"] != kind["neutral"]
    )  # fmt: skip
    head = ("change", "level", "score drifts by", "verdicts flipped", "NG to OK", "OK to NG")
    return Table(head, rows, frozenset({1, 2, 4, 5}), "Every change that was tried",
                 widths=(0.25, 0.1, 0.15, 0.28, 0.11, 0.11))  # fmt: skip


def named(kind: dict[str, Any]) -> str:
    """A change, and its unit."""
    return f"{plain(kind['kind'])} ({kind['unit']})" if kind["unit"] else plain(kind["kind"])
