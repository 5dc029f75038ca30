"""4 Sample: which photos were judged, how they were set aside, and what they can stand for."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from okng.evaluation.report.blocks import (
    Block,
    Paragraph,
    Section,
    Table,
)
from okng.evaluation.report.inputs import Source
from okng.wording import mark, number, phrase, translated

_HOW = {
    "keep": mark("The split that the photos came with was used."),
    "new": mark("The split was drawn by chance, and no part that is known as one crosses it."),
    "repair": mark(
        "The split that the photos came with was repaired: what leaks was dropped from training."
    ),
}


def sections(source: Source) -> Iterator[Section]:
    """The sample."""
    yield Section("Sample", tuple(_blocks(source)))


def _blocks(source: Source) -> Iterator[Block]:
    metrics = source.metrics
    photos, parts = metrics["photos"], metrics["groups"]
    text = mark(
        "{photos:photos} were judged, which show {parts:parts} as far as known. Photos of one part "
        "count as one piece of evidence."
    )
    if photos == parts:
        text = mark(
            "{photos:photos} were judged. Photos of one part count as one piece of evidence."
        )
    yield Paragraph(phrase(text, photos=photos, parts=parts))
    yield from _table(source)
    yield Paragraph(" ".join(_origin(metrics)))


def _table(source: Source) -> Iterator[Table]:
    scores = source.scores
    if scores is None:
        return
    rows = []
    labels = scores.table["label"].to_numpy()
    for label in sorted(set(labels), key=lambda name: (name != scores.ok_class, name)):
        of = labels == label
        good = " (OK)" if label == scores.ok_class else ""
        parts = len(np.unique(scores.groups[of]))
        rows.append((f"{label}{good}", number(int(of.sum()), ","), number(parts, ",")))
    yield Table(("class", "photos", "parts as far as known"), tuple(rows), frozenset({1, 2}),
                "Photos and parts of the sample")  # fmt: skip


def _origin(metrics: dict[str, Any]) -> Iterator[str]:
    data = (metrics.get("settings") or {}).get("data")
    checked, leaked = metrics["leakage"]["checked"], metrics["leakage"]["photos"]
    if data:
        yield translated(_HOW[data["split"]])
        if not leaked:
            yield translated("Weights, calibration and threshold were chosen without these photos.")
    if checked:
        text = mark("Parts of training were searched for ({checks}): {photos:photos} leak.")
        if not leaked:
            text = mark("Parts of training were searched for ({checks}): none is left.")
        yield phrase(text, checks=", ".join(map(translated, checked)), photos=leaked)
    else:
        yield translated("Whether training used these parts was not checked.")
    if reason := metrics["leakage"].get("not_checked", {}).get("near"):
        text = mark(
            "Turned or changed copies of training parts were not looked for ({reason:text})."
        )
        yield phrase(text, reason=reason)
    yield translated("Parts for an acceptance test should be taken from the line as they come.")
