"""Annex, after the signatures: every change that was tried, and every setting."""

from collections.abc import Iterator

from okng.evaluate.report.blocks import Listing, Section
from okng.evaluate.report.sections import trust
from okng.evaluate.report.source import Source


def sections(source: Source) -> Iterator[Section]:
    """What few will read, where there is any."""
    found = [*trust.every_change(source), *_settings(source)]
    if found:
        yield Section("Annex", ())
    yield from found


def _settings(source: Source) -> Iterator[Section]:
    if source.settings:
        yield Section("Settings", (Listing("All settings", source.settings),), level=2)
