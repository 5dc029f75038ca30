"""Annex: every setting, after the signatures."""

from collections.abc import Iterator

from okng.evaluate.report.blocks import Listing, Section
from okng.evaluate.report.source import Source


def sections(source: Source) -> Iterator[Section]:
    """All settings of the run, where there are any."""
    if source.settings:
        yield Section("Annex", (Listing("All settings", source.settings),))
