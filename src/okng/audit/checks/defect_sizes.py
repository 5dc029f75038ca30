"""Sizes of defects, where masks show them: is the smallest still to be seen after resizing?"""

import numpy as np

from okng.audit.defects import Defect
from okng.audit.evidence import Evidence
from okng.audit.findings import DefectSizes, Finding, Severity, Sizes

SMALLEST = 4.0
"""Pixels of the resized photo that a defect should be wide. The finest maps that a network is read
at have a place for 4 pixels, and benchmarks/training/LOG.md shows what becomes of smaller ones."""
_LOW = 5  # percent
_LARGEST_INPUT, _STEP = 1024, 32


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
            advice=_advice(size, seen[small[0]]),
            photos=small,
        )
    ]


def _advice(size: int, smallest: float) -> str:
    needed = -(-size * SMALLEST / smallest // _STEP) * _STEP
    if needed > _LARGEST_INPUT:
        return (
            f"Not even --image-size {_LARGEST_INPUT} shows it well: photograph a smaller part of "
            "the scene, or cut the photos to the part."
        )
    return f"Take --image-size {needed:.0f}; training and judging then take longer."


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
