"""5 Results: a heading, and one section below it per kind of figure."""

from collections.abc import Iterator
from typing import Any

from okng.evaluate.report.blocks import Block, Paragraph, Picture, Section, Table
from okng.evaluate.report.sections import (
    comparisons,
    explanation,
    operating,
    trust,
    unfamiliar,
    verdicts,
)
from okng.evaluate.report.source import Source
from okng.evaluate.report.words import percent, span


def sections(source: Source) -> Iterator[Section]:
    """All results; kinds of figures that were not computed are left out."""
    photos = f"{source.metrics['photos']:,} photos"
    yield Section("Results", (Paragraph(f"On {photos}, judged by the model file.", soft=True),))
    for title, blocks in (
        ("Verdicts", verdicts.verdicts(source)),
        ("Operating point", operating.operating_point(source)),
        ("Stability of the threshold", operating.stability(source)),
        ("Review band", operating.review(source)),
        ("Unfamiliar photos", unfamiliar.unfamiliar(source)),
        ("Acceptance in the terms of AIAG", comparisons.acceptance(source)),
        ("Repeatability", comparisons.repeatability(source)),
        ("Calibration", trust.calibration(source)),
        ("Robustness", trust.robustness(source)),
        ("Baselines that nobody should lose to", _baselines(source)),
        ("Training", _training(source)),
        ("Where the network looked", explanation.gallery(source)),
        ("Are the heatmaps to be trusted?", explanation.check(source)),
    ):
        if found := tuple(blocks):
            yield Section(title, found, level=2)
            if title == "Verdicts":
                yield from comparisons.by_column(source)


def _baselines(source: Source) -> Iterator[Block]:
    metrics = source.metrics
    if "baselines" not in metrics:
        return
    found = metrics["baselines"]
    judges = (
        ("This inspector", metrics["accuracy"]),
        ("Brightness alone (mean and deviation of grey values)", found["brightness"]["accuracy"]),
        ("Most similar training photo (32 px thumbnails)", found["nearest_neighbour"]["accuracy"]),
    )
    yield Table(
        ("judge", "accuracy", "95 % interval"),
        tuple((name, percent(rate["value"]), span(rate)) for name, rate in judges),
        frozenset({1, 2}),
        "Baselines",
        widths=(0.5, 0.2, 0.3),
    )
    weaker = [name for name, rate in judges[1:] if _reaches(rate, metrics["accuracy"])]
    if weaker:
        yield Paragraph(f"No better than: {'; '.join(weaker)}. Do not release this inspector.")
    yield Paragraph(
        "If brightness alone does nearly as well, the photos of good and bad parts were taken "
        "differently. If the most similar photo does nearly as well, the test may show the same "
        "parts as training.",
        soft=True,
    )


def _reaches(baseline: dict[str, Any], inspector: dict[str, Any]) -> bool:
    return bool(baseline["value"] is not None and baseline["value"] >= inspector["value"])


def _training(source: Source) -> Iterator[Block]:
    if curves := source.figure("curves"):
        yield Picture(curves, "Loss and accuracy over epochs, for training and validation")
