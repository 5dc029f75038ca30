"""8 Technical annex: how far scores can be trusted, comparisons, more photos, every setting."""

from collections.abc import Iterator

from okng.evaluation.report.blocks import Block, Listing, Section
from okng.evaluation.report.inputs import Source
from okng.evaluation.report.sections.technical import certificate, heatmaps, learning, trust
from okng.wording import mark


def sections(source: Source) -> Iterator[Section]:
    """What specialists will read, where there is any."""
    parts = [
        *_with_title("Robustness", trust.robustness(source)),
        *trust.every_change(source),
        *_with_title(mark("The same verdict from every engine"), certificate.certificate(source)),
        *_with_title("Calibration", trust.calibration(source)),
        *_with_title("Comparison with trivial methods", learning.baselines(source)),
        *_with_title("Training", learning.training(source)),
        *_with_title("Number format", learning.number_format(source)),
        *_with_title("Are the heatmaps to be trusted?", heatmaps.check(source)),
        *_with_title("More photos", heatmaps.more(source)),
        *_settings(source),
    ]
    if parts:
        yield Section("Technical annex", ())
    yield from parts


def _with_title(title: str, blocks: Iterator[Block]) -> Iterator[Section]:
    if content := tuple(blocks):
        yield Section(title, content, level=2)


def _settings(source: Source) -> Iterator[Section]:
    if source.settings:
        yield Section("Settings", (Listing("All settings", source.settings),), level=2)
