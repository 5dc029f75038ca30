"""The parts of a report, in the order of VDI/VDE/VDMA 2632 part 3, one file each.

A section takes a `Source` and gives blocks; where there is nothing to say, it gives nothing.
"""

from collections.abc import Iterator
from dataclasses import replace

from okng.evaluation.report.blocks import Section
from okng.evaluation.report.inputs import Source
from okng.evaluation.report.sections import conditions, limits, photos, results, sample, task
from okng.evaluation.report.sections.summary import identity
from okng.evaluation.report.sections.technical import annex, tuning

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
