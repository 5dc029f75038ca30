"""Writes folders of generated photos in the layouts that okng reads."""

import io
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from okng.testing.copies import copy_photo
from okng.testing.defects import Defect
from okng.testing.parts import Sample, draw_part


class Layout(StrEnum):
    """How a folder is laid out."""

    CLASSES = "classes"
    SPLITS = "splits"
    MVTEC = "mvtec"


def encode(photo: npt.NDArray[np.uint8], file_format: str = "JPEG", quality: int = 90) -> bytes:
    """A photo uint8 (H, W, 3) as the bytes of an image file; `quality` is for JPEG and WebP."""
    buffer = io.BytesIO()
    options = {"quality": quality} if file_format in {"JPEG", "WEBP"} else {}
    Image.fromarray(photo).save(buffer, file_format, **options)
    return buffer.getvalue()


def write_folder(
    root: Path,
    *,
    good: int = 24,
    defective: int = 24,
    defects: Sequence[Defect] = tuple(Defect),
    by_type: bool = False,
    copies: int = 1,
    size: int = 96,
    seed: int = 0,
    layout: Layout = Layout.CLASSES,
) -> Path:
    """Write photos of good and defective parts.

    Args:
        root: where to; made if it is not there.
        good: number of good parts.
        defective: number of defective parts; the defects take turns.
        defects: kinds to draw.
        by_type: one class per kind instead of `defective`.
        copies: photos per part; all but the first are transformed copies.
        size: height and width in pixels.
        seed: of the first part; each part has its own.
        layout: with splits, a quarter of the parts is test; MVTec's train holds good parts only.

    Returns:
        `root`.
    """
    kinds: list[Defect | None] = [None] * good
    kinds += [defects[number % len(defects)] for number in range(defective)]
    for number, kind in enumerate(kinds):
        label = "ok" if kind is None else (kind.value if by_type else "defective")
        test = number % 4 == 3
        part = draw_part(seed + number, kind, size=size)
        for copy, sample in enumerate(_copies(part, copies, number)):
            name = f"part{number:04d}_{copy}.jpg"
            _write(root, name, sample, kind, label, layout, test=test)
    return root


def _copies(part: Sample, count: int, number: int) -> Iterator[Sample]:
    yield part
    for copy in range(1, count):
        yield copy_photo(part, 1000 * number + copy)


def _write(
    root: Path,
    name: str,
    sample: Sample,
    kind: Defect | None,
    label: str,
    layout: Layout,
    *,
    test: bool,
) -> None:
    if layout is Layout.CLASSES:
        folder = root / label
    elif layout is Layout.SPLITS:
        folder = root / ("test" if test else "train") / label
    else:
        folder = root / ("test" if test or kind else "train") / (kind.value if kind else "good")
        if kind:
            mask = root / "ground_truth" / kind.value / name.replace(".jpg", "_mask.png")
            mask.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(sample.mask.astype(np.uint8) * 255).save(mask)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(encode(sample.photo))
