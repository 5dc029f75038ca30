"""Sizes of defects, where masks show them: is the smallest still to be seen after resizing?"""

import numpy as np

from okng.auditing.defects import Defect
from okng.auditing.evidence import Evidence
from okng.auditing.findings import (
    DefectSizes,
    Finding,
    Severity,
    Sizes,
)

SMALLEST, WELL = 4.0, 8.0
"""Pixels of the resized photo below which a defect is hardly seen, and from which it is seen well.

Dark pits of 2 px were told with an AUC of 0.54 to 0.57, of 4 px with 0.78 to 0.88, of 8 px with
0.97 to 0.98 (benchmarks/training/tiles.py; its LOG.md, 2026-11-25). The finest maps that a network
is read at have a place for 4 pixels.
"""
_LOW = 5  # percent
_LARGEST_INPUT, _STEP = 1024, 32
_CLOSER = "photograph a smaller part of the scene, or cut the photos to the part"


def defect_sizes(evidence: Evidence) -> DefectSizes | None:
    """Overall and by class; None where there are no masks."""
    size, whole = evidence.image_size, list(_defects(evidence).values())
    if size is None or not whole:
        return None
    by_class = {name: list(_defects(evidence, name).values()) for name in evidence.dataset.classes}
    return DefectSizes(
        image_size=size,
        smallest_seen_well=SMALLEST,
        overall=_sizes(whole, size),
        by_class={name: _sizes(found, size) for name, found in by_class.items() if found},
    )


def check(evidence: Evidence) -> list[Finding]:
    """Defects that resizing leaves too few pixels of."""
    size = evidence.image_size
    if size is None:
        return []
    seen = {path: defect.diameter(size) for path, defect in _defects(evidence).items()}
    small = sorted((path for path in seen if seen[path] < SMALLEST), key=seen.__getitem__)
    if not small:
        return []
    first = evidence.defects[small[0]]
    label = next(p.label for p in evidence.dataset.photos if p.path == small[0])
    return [
        Finding(
            check="defect_sizes",
            severity=Severity.NOTICE,
            what=f"At {size} px the smallest defect ({label}) is {seen[small[0]]:.1f} px wide, on "
            f"the photo {first.diameter():.0f} px. Under {SMALLEST:g} px: {len(small)} of "
            f"{len(seen)} defects with a mask.",
            advice=_advice(size, first),
            concerns_settings=True,
            photos=small,
        )
    ]


def _advice(size: int, defect: Defect) -> str:
    """The input that shows a defect well, or as well as photo and network allow."""
    wanted = size * min(WELL, defect.diameter()) / defect.diameter(size)
    larger = min(_LARGEST_INPUT, int(-(-wanted // _STEP)) * _STEP)
    if larger <= size:
        return f"{_CLOSER[0].upper()}{_CLOSER[1:]}."
    shown = defect.diameter(larger)
    more = "" if shown >= WELL else f" For more, {_CLOSER}."
    return (
        f"Take `data.image_size` {larger}: there it is {shown:.0f} px wide, and training "
        "and judging "
        f"take {(larger / size) ** 2:.1f} times as long.{more}"
    )


def _defects(evidence: Evidence, label: str | None = None) -> dict[str, Defect]:
    """Those of photos that are still there, maybe of one class only."""
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
