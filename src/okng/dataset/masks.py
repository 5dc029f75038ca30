"""Masks of defects, where MVTec lays them: ground_truth/<class>/<name>_mask.png."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from okng import preprocess

MASKS = "ground_truth"
"""Folder of the masks, beside those of the photos."""


def find_mask(root: Path, path: str, label: str) -> Path | None:
    """The mask of a photo, if there is one.

    Args:
        root: of the photos.
        path: of the photo, relative to it.
        label: its class.
    """
    folder, name = root / MASKS / label, Path(path)
    candidates = (f"{name.stem}_mask.png", f"{name.stem}.png", name.name)
    return next((folder / c for c in candidates if (folder / c).is_file()), None)


def read_mask(path: Path) -> npt.NDArray[np.bool_]:
    """Where the defect lies: bool (H, W), true where the mask is above half of its brightest.

    Raises:
        PhotoError: the file is not there or is no whole image.
    """
    pixels = preprocess.read(path).max(axis=2)
    return np.asarray(pixels > pixels.max() / 2)
