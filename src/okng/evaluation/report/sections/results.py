"""5 Results: a heading, and one section below it per kind of figure."""

from collections.abc import Iterator

from okng.evaluation.report.blocks import Section
from okng.evaluation.report.inputs import Source
from okng.evaluation.report.sections import operating, unfamiliar, verdicts
from okng.evaluation.report.sections.technical import comparisons, heatmaps


def sections(source: Source) -> Iterator[Section]:
    """All results; kinds of figures that were not computed are left out."""
    yield Section("Results", ())
    for title, blocks in (
        ("Verdicts", verdicts.verdicts(source)),
        ("Operating point", operating.operating_point(source)),
        ("Stability of the threshold", operating.stability(source)),
        ("Review band", operating.review(source)),
        ("Unfamiliar photos", unfamiliar.unfamiliar(source)),
        ("Acceptance in the terms of AIAG", comparisons.acceptance(source)),
        ("Repeatability", comparisons.repeatability(source)),
        ("Photos and the evidence in them", heatmaps.gallery(source)),
    ):
        if content := tuple(blocks):
            yield Section(title, content, level=2)
            if title == "Verdicts":
                yield from comparisons.by_column(source)
