"""Sizes of defects, where there are masks: are the smallest still visible after resizing?"""

import numpy as np

from okng.auditing.check import NOT_APPLICABLE, Check, CheckResult
from okng.auditing.defects import Defect
from okng.auditing.evidence import Evidence, Need
from okng.auditing.findings import (
    DefectSizes,
    Finding,
    Severity,
    Sizes,
)
from okng.wording import Sentence, sentence

SMALLEST, WELL = 4.0, 8.0
"""Pixels of the resized photo below which a defect is hardly visible, and from which it is well
visible.

Dark pits of 2 px were classified with an AUC of 0.54 to 0.57, of 4 px with 0.78 to 0.88, of 8 px
with 0.97 to 0.98 (benchmarks/training/tiles.py; its LOG.md, 2026-11-25). The finest feature maps
that a network uses have a stride of 4 pixels.
"""
_LOW = 5  # percentile that is reported as the lower end
_LARGEST_INPUT, _STEP = 1024, 32  # pixels: limits of the setting image_size


class SizesOfDefects(Check):
    """Defects that are only a few pixels wide after resizing."""

    id = "defect_sizes"
    needs = (Need.DEFECTS,)

    def run(self, evidence: Evidence) -> CheckResult[DefectSizes]:
        """Rows: the sizes, overall and by class."""
        size, defects = evidence.image_size, _defects(evidence)
        if size is None or not defects:
            return NOT_APPLICABLE
        by_class = {name: _defects(evidence, name) for name in evidence.dataset.classes}
        sizes = DefectSizes(
            image_size=size,
            smallest_seen_well=SMALLEST,
            overall=_sizes(list(defects.values()), size),
            by_class={
                name: _sizes(list(own.values()), size) for name, own in by_class.items() if own
            },
        )
        return CheckResult(_findings(evidence, defects, size), sizes)


def _findings(evidence: Evidence, defects: dict[str, Defect], size: int) -> list[Finding]:
    diameters = {path: defect.diameter(size) for path, defect in defects.items()}
    small = sorted((p for p in diameters if diameters[p] < SMALLEST), key=diameters.__getitem__)
    if not small:
        return []
    label = next(p.label for p in evidence.dataset.photos if p.path == small[0])
    result = _result(size, defects[small[0]], label, small=len(small), masks=len(diameters))
    return [
        Finding.of("defect_sizes", Severity.NOTICE, result, concerns_settings=True, photos=small)
    ]


def _result(size: int, defect: Defect, label: str, **counts: int) -> Sentence:
    """The smallest defect, and the input at which it is well visible, as far as that is possible.

    Args:
        size: height and width of the network's input, in pixels.
        defect: the smallest.
        label: its class.
        **counts: defects that are too small, and all defects.
    """
    wanted = size * min(WELL, defect.diameter()) / defect.diameter(size)
    # Rounded up to a multiple of the step; negated floor division is a ceiling.
    larger = min(_LARGEST_INPUT, int(-(-wanted // _STEP)) * _STEP)
    shown = defect.diameter(larger)
    way = "closer" if larger <= size else "larger" if shown >= WELL else "both"
    return sentence(
        f"small_defects_{way}",
        size=size,
        label=label,
        smallest=defect.diameter(size),
        on_photo=defect.diameter(),
        limit=SMALLEST,
        larger=larger,
        shown=shown,
        times=(larger / size) ** 2,
        **counts,
    )


def _defects(evidence: Evidence, label: str | None = None) -> dict[str, Defect]:
    """Defects of the photos in the data set, by path; of one class if `label` is given."""
    return {
        photo.path: evidence.defects[photo.path]
        for photo in evidence.dataset.photos
        if photo.path in evidence.defects and label in {None, photo.label}
    }


def _sizes(defects: list[Defect], size: int) -> Sizes:
    photo = np.array([defect.diameter() for defect in defects])
    resized = np.array([defect.diameter(size) for defect in defects])
    return Sizes(
        masks=len(defects),
        smallest=round(float(photo.min()), 2),
        low=round(float(np.percentile(photo, _LOW)), 2),
        median=round(float(np.median(photo)), 2),
        smallest_resized=round(float(resized.min()), 2),
        low_resized=round(float(np.percentile(resized, _LOW)), 2),
        median_resized=round(float(np.median(resized)), 2),
        too_small=int((resized < SMALLEST).sum()),
    )
