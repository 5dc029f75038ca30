"""Measures the sizes of defects from masks."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from okng.dataset import Dataset
from okng.dataset.loading.masks import find_mask, has_masks, read_mask
from okng.dataset.parallel import in_order
from okng.errors import PhotoError
from okng.events import Progress


class Defect(NamedTuple):
    """The defect of one photo: the largest connected region of its mask.

    The largest region counts, as a photo is classified correctly if this region is recognised;
    specks beside it do not matter.

    Attributes:
        area: area of the region, in pixels of the photo.
        width: width of the photo, in pixels.
        height: height of the photo, in pixels.
    """

    area: int
    width: int
    height: int

    def diameter(self, image_size: int | None = None) -> float:
        """Diameter of a disc of the same area, in pixels.

        Args:
            image_size: height and width that the photo is resized to; None for the photo as it is.
        """
        scale = 1.0 if image_size is None else image_size**2 / (self.width * self.height)
        return float(np.sqrt(4 / np.pi * self.area * scale))


def measure_defects(dataset: Dataset, progress: Progress) -> dict[str, Defect]:
    """The defect of each photo with a mask, by path; empty masks are left out.

    Args:
        dataset: the photos.
        progress: receives one stage with a step per mask, where there are masks.
    """
    if not has_masks(dataset):
        return {}
    masks = {
        photo.path: mask
        for photo in dataset.photos
        if photo.label != dataset.ok_class
        and (mask := find_mask(dataset.root, photo.path, photo.label))
    }
    defects: dict[str, Defect] = {}
    if not masks:
        return defects
    with progress.stage("masks", len(masks)) as advance:
        for path, defect in in_order(_measure_of(masks), masks):
            if defect:
                defects[path] = defect
            advance()
    return defects


def _measure_of(masks: dict[str, Path]) -> Callable[[str], Defect | None]:
    def measure(path: str) -> Defect | None:
        try:
            mask = read_mask(masks[path])
        except PhotoError:
            return None
        area = _largest_region(mask)
        return Defect(area, mask.shape[1], mask.shape[0]) if area else None

    return measure


def _largest_region(mask: npt.NDArray[np.bool_]) -> int:
    """Pixels of the largest 8-connected region; 0 for an empty mask."""
    import cv2  # noqa: PLC0415 - needs the extra

    _, _, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    return int(stats[1:, cv2.CC_STAT_AREA].max(initial=0))
