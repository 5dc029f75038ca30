"""Writes a folder of printed parts in which changed copies of some are planted."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from okng.testing.copies import copy_photo
from okng.testing.folders import encode
from okng.testing.prints import Print, PrintLook, draw_printed


class Planted(NamedTuple):
    """What was written.

    Attributes:
        root: folder with one folder for each class.
        parts: number of the part by path below `root`.
        sources: path of the photo by path of its copy.
    """

    root: Path
    parts: dict[str, int]
    sources: dict[str, str]


def write_printed_folder(
    root: Path,
    kind: Print,
    *,
    parts: int = 100,
    copies: int = 25,
    style: PrintLook | None = None,
    size: int = 192,
    seed: int = 0,
    quality: tuple[int, int] = (75, 95),
) -> Planted:
    """Write one photo of each part, and copies of some under all changes at once.

    A copy is turned by any angle, mirrored or not, sheared, zoomed, relit and encoded anew. Every
    other part lies in the class `defective`, though nothing on it is a defect.

    Args:
        root: where to; made if it is not there.
        kind: what all parts bear.
        parts: number of parts.
        copies: number of parts of which there is a copy.
        style: how strong print, grain and marks are.
        size: height and width in pixels.
        seed: of parts, design and copies.
        quality: lowest and highest JPEG quality.
    """
    rng = np.random.default_rng((seed, 31))
    copied = set(rng.permutation(parts)[:copies].tolist())
    planted = Planted(root, {}, {})
    for number in range(parts):
        sample = draw_printed(1000 * seed + number, kind, style=style, size=size, design=seed)
        label = "defective" if number % 2 else "ok"
        source = f"{label}/part{number:04d}.jpg"
        photos = {source: sample}
        if number in copied:
            name = f"{label}/copy{number:04d}.jpg"
            photos[name] = copy_photo(sample, 1000 * seed + number, gamma=0.15)
            planted.sources[name] = source
        for name, photo in photos.items():
            planted.parts[name] = number
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            best = int(rng.integers(*quality, endpoint=True))
            (root / name).write_bytes(encode(photo.photo, quality=best))
    return planted
