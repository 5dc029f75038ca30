"""Photos of a line and their inspections, for tests of the drift alarm."""

from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from okng.inference import Inspection
from okng.verdict import Judgement, OperatingPoint, Verdict

SIDE = 96
"""Pixels of a photo."""


def line_photo(
    number: int, *, light: float = 1.0, blur: float = 0.0, right: float = 0.0
) -> npt.NDArray[np.uint8]:
    """A photo of a part: a bright plate with two holes and grain, each part a little different.

    Args:
        number: of the part; the same number gives the same photo.
        light: by which the brightness is multiplied.
        blur: standard deviation of a Gaussian blur, in pixels.
        right: by which the part lies to the right, in sides of the photo.
    """
    draw = np.random.default_rng(number)
    down, across = np.mgrid[:SIDE, :SIDE] / SIDE
    across = across - right - draw.normal(0, 0.004)
    plate = (abs(down - 0.5) < 0.32) & (abs(across - 0.5) < 0.27)
    holes = [(down - y) ** 2 + (across - x) ** 2 < 0.006 for y, x in ((0.35, 0.4), (0.6, 0.62))]
    grey = np.where(plate, 150.0, 60.0)
    grey[holes[0] | holes[1]] = 30.0
    grey = (grey + draw.normal(0, 4, grey.shape)) * light * draw.normal(1, 0.03)
    photo = Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8)).convert("RGB")
    return np.asarray(photo.filter(ImageFilter.GaussianBlur(blur)) if blur else photo)


def inspection_of(number: int, *, verdict: str = "OK", score: float = 0.01) -> Inspection:
    """An inspection of such a part.

    Args:
        number: of the part, one a second.
        verdict: OK, NG, REVIEW or ERROR.
        score: defect score.
    """
    point = OperatingPoint(threshold=0.5)
    unfamiliarity = float(np.random.default_rng(number).random())
    return Inspection(
        id=f"00000000-0000-7000-8000-{number:012d}",
        time=datetime.fromtimestamp(number, UTC),
        station=None,
        photo_digest=None,
        model_digest="m" * 64,
        operating_point=point,
        verdict=Verdict(
            Judgement(verdict), score, "ok", {"ok": 1 - score}, 0.5, unfamiliarity=unfamiliarity
        ),
        latency_ms=1.0,
        okng_version="0",
    )
