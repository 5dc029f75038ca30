"""The parts of a report, in the order of VDI/VDE/VDMA 2632 part 3, one file each.

A section takes a `Source` and gives blocks; where there is nothing to say, it gives nothing.
"""

from collections.abc import Iterator
from dataclasses import replace

from okng.evaluate.report.blocks import Section
from okng.evaluate.report.sections import (
    annex,
    conditions,
    identity,
    limits,
    photos,
    results,
    sample,
    task,
    tuning,
)
from okng.evaluate.report.source import Source

_ORDER = (task, photos, conditions, tuning, sample, results, limits, identity, annex)


def all_sections(source: Source) -> tuple[Section, ...]:
    """Every section that has something to say, numbered."""
    return tuple(_numbered(section for part in _ORDER for section in part.sections(source)))


def _numbered(sections: Iterator[Section]) -> Iterator[Section]:
    chapter, below = 0, 0
    for section in sections:
        if section.level == 1:
            chapter, below = chapter + 1, 0
            yield replace(section, number=f"{chapter}")
        else:
            below += 1
            yield replace(section, number=f"{chapter}.{below}")
