"""Pictures as a report embeds them: small, and of a kind that every reader opens."""

import base64
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from okng.predict.overlay import colours

_HEAT = 48
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


def heat_png(heatmap: list[list[int]], opacity: float = 0.55) -> bytes:
    """A heatmap (h, w) in [0, 255] as a small PNG, the colder the clearer.

    It is smoothed here, for printers show every cell of a coarse picture as a square.
    """
    values = (np.array(heatmap).reshape(len(heatmap), -1) / 255).astype(np.float32)
    height, width = values.shape
    scale = max(1, round(_HEAT / max(height, width)))
    wide = Image.fromarray(values).resize((width * scale, height * scale), Image.Resampling.BICUBIC)
    values = np.asarray(wide).clip(0, 1)
    alpha = 255 * np.sqrt(values) * opacity
    pixels = np.concatenate([colours(values), alpha[..., None]], axis=-1)
    buffer = io.BytesIO()
    Image.fromarray(pixels.round().clip(0, 255).astype(np.uint8), "RGBA").save(buffer, "PNG")
    return buffer.getvalue()
