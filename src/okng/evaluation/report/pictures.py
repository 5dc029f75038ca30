"""Pictures as a report embeds them: small, and of a kind that every reader opens."""

import base64
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from okng.inference.overlay import OWN_LEVEL, layer
from okng.wording import number, translated
from okng.wording.report_texts import CASE

_COLOURS = 64  # of a heatmap's picture: more would not be seen
_GAP = 6
"""White pixels between photo and heatmap in the pictures of `gradcam/`."""


def data_uri(data: bytes, kind: str) -> str:
    """Bytes of a picture as an address that needs no file."""
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


def jpeg(image: Image.Image, side: int, quality: int = 82) -> bytes:
    """A photo at most `side` pixels high and wide, as JPEG."""
    small = image.convert("RGB")
    small.thumbnail((side, side), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=quality, optimize=True)
    return buffer.getvalue()


def left_half(pair: Image.Image) -> Image.Image:
    """The photo of a picture that shows photo and heatmap side by side."""
    return pair.crop((0, 0, (pair.width - _GAP) // 2, pair.height))


def open_case(folder: Path, case: Mapping[str, Any]) -> Image.Image | None:
    """The picture of a case of the gallery, or None when it is gone."""
    path = folder / case["picture"]
    if not case["picture"] or not path.is_file():
        return None
    with Image.open(path) as image:
        return image.convert("RGB")


def heat_png(case: Mapping[str, Any], width: int, height: int) -> bytes:
    """What is laid over the photo of a case, as a PNG whose cold places are clear."""
    rows = case.get("strength")
    values = np.array(rows, dtype=np.float32) if rows else _old_strength(case["heatmap"])
    buffer = io.BytesIO()
    image = Image.fromarray(layer(values, (height, width)).colour)
    image.quantize(_COLOURS, method=Image.Quantize.FASTOCTREE).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _old_strength(heatmap: list[list[int]]) -> npt.NDArray[np.float32]:
    """Of galleries that were written before there was one scale: (h, w) in [0, 255]."""
    shares = np.array(heatmap, dtype=np.float32).reshape(len(heatmap), -1) / 255
    return np.asarray((shares - OWN_LEVEL) / (1 - OWN_LEVEL), dtype=np.float32)


def case_kind(kind: str) -> str:
    """What happened to a photo of a gallery: escape, overkill, mix-up, hit, close call."""
    name = "close call" if kind == "close" else kind
    return translated(name)


def case_caption(label: str, judged: str, score: float) -> str:
    """Class in truth, class as judged, and defect score in [0, 1] of a photo of a gallery."""
    return translated(CASE).format(label=label, judged=judged, score=number(score, ".3f"))
