"""Draws the pictures of docs/explanations/leakage.md from generated photos; ten seconds.

    python scripts/leakage_pictures.py

`leakage-copies.png`: one part, four copies of it as data sets hold them, and another part.
`leakage-matches.png`: the local features that agree between a part and its copy, and between two
parts (where there are many, every third is drawn).
"""

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from okng.auditing.near.features import (
    TEXTURE,
    local_features,
    mirrored,
    rooted,
)
from okng.auditing.near.geometric_verification import View, align
from okng.testing import copy_photo, draw_part

IMAGES = Path(__file__).parents[1] / "docs/images"
SIDE, GAP, MOST_LINES = 220, 6, 60
GREEN, RED, WHITE = (60, 200, 90), (230, 90, 70), (255, 255, 255)
Picture = npt.NDArray[np.uint8]


def copies() -> Picture:
    """One part, copies of it, and another part, in a row."""
    part, other = draw_part(3, size=SIDE), draw_part(8, size=SIDE)
    rows = [part.photo, *(copy_photo(part, seed).photo for seed in (1, 2, 3, 4)), other.photo]
    colours = [GREEN] * 5 + [RED]
    return np.hstack([_framed(photo, colour) for photo, colour in zip(rows, colours, strict=True)])


def matches() -> Picture:
    """Lines between features that agree: many on a copy, few on another part."""
    part, other = draw_part(3, size=SIDE), draw_part(8, size=SIDE)
    pairs = [(part.photo, copy_photo(part, 1).photo, GREEN), (part.photo, other.photo, RED)]
    return np.hstack([_matched(*pair) for pair in pairs])


def _matched(a: Picture, b: Picture, colour: tuple[int, int, int]) -> Picture:
    picture = np.hstack([_framed(photo, colour) for photo in (a, b)])
    lines = _agreeing(a, b)
    for start, end in lines[:: 1 + len(lines) // MOST_LINES]:
        left = np.round(start * SIDE / TEXTURE + GAP).astype(int).tolist()
        right = np.round(end * SIDE / TEXTURE + GAP + [SIDE + 2 * GAP, 0]).astype(int).tolist()
        cv2.line(picture, left, right, colour, 1, cv2.LINE_AA)
    text = f"{len(lines)} features agree"
    band = np.full((34, picture.shape[1], 3), 255, np.uint8)
    cv2.putText(band, text, (12, 24), cv2.FONT_HERSHEY_SIMPLEX, 0.65, (40, 40, 40), 1, cv2.LINE_AA)
    return np.vstack([picture, band])


def _agreeing(a: Picture, b: Picture) -> list[tuple[npt.NDArray[np.float32], ...]]:
    """Places of features on both photos that lie on the affine map on which most agree."""
    views = [_view(photo) for photo in (a, b)]
    found = [align(*views, mirrored=m) for m in (False, True)]
    best = max((f for f in found if f), key=lambda f: f.matches, default=None)
    if best is None:
        return []
    ours = views[0].mirrored if best.mirrored else views[0].vectors
    partner = (ours @ views[1].vectors.T).argmax(axis=1)
    mapped = views[1].places[partner] @ best.matrix[:, :2].T + best.matrix[:, 2]
    near = np.linalg.norm(mapped - views[0].places, axis=1) < 2
    return list(zip(views[0].places[near], views[1].places[partner[near]], strict=True))


def _view(photo: Picture) -> View:
    seen = local_features(photo)
    plain, turned = rooted(seen.descriptors), rooted(mirrored(seen.descriptors))
    return View(seen.places, plain, turned, seen.texture)


def _framed(photo: Picture, colour: tuple[int, int, int]) -> Picture:
    inner = cv2.copyMakeBorder(photo, 3, 3, 3, 3, cv2.BORDER_CONSTANT, value=colour)
    return np.asarray(
        cv2.copyMakeBorder(inner, GAP - 3, GAP - 3, GAP - 3, GAP - 3, cv2.BORDER_CONSTANT,
                           value=WHITE), dtype=np.uint8
    )  # fmt: skip


if __name__ == "__main__":
    for name, picture in (("copies", copies()), ("matches", matches())):
        file = IMAGES / f"leakage-{name}.png"
        Image.fromarray(picture).quantize(200, dither=Image.Dither.NONE).save(file, optimize=True)
        print(file, file.stat().st_size // 1024, "KB")
