"""The picture of one verdict: photo and evidence side by side, with the verdict below."""

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from okng.inference.overlay import beside, strength
from okng.modelfile import HeatScale
from okng.verdict import Judgement, Verdict

_LONGEST = 1024  # pixels of the longer side of the photo in the picture
_FEWEST = 160  # pixels of the shorter side, so that the words below fit
_INKS = {Judgement.OK: (0, 114, 178), Judgement.NG: (179, 38, 30)}
_OTHER_INK = (122, 84, 0)
_PAPER, _GREY = (255, 255, 255), (60, 66, 72)


def picture_of(
    photo: npt.NDArray[np.uint8], verdict: Verdict, scale: HeatScale | None
) -> Image.Image:
    """Draw a photo, what speaks for *defective* in it, its verdict and its score.

    Args:
        photo: uint8 (H, W, 3), RGB.
        verdict: of this photo, judged with `heatmap=True`.
        scale: `Metadata.heat` of the model file.

    Returns:
        RGB; the photo is at most 1,024 pixels high and wide in it.
    """
    shown = _fit(photo)
    evidence = strength(verdict, scale)
    nothing = np.full((1, 1), -1.0, np.float32)
    pair = Image.fromarray(beside(shown, nothing if evidence is None else evidence))
    size = max(11, round(pair.width / 42))
    line = round(1.5 * size)
    sheet = Image.new("RGB", (pair.width, pair.height + 2 * line + size // 2), _PAPER)
    sheet.paste(pair, (0, 0))
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(size)
    top = pair.height + size // 3
    ink = _INKS.get(verdict.verdict, _OTHER_INK)
    pen.text((4, top), _verdict(verdict), fill=ink, font=font)
    pen.text((4, top + line), _meaning(evidence), fill=_GREY, font=font)
    return sheet


def _verdict(verdict: Verdict) -> str:
    words = f"{verdict.verdict.value}   defect score {verdict.defect_score:.3f}"
    words += f", NG from {verdict.threshold:.3f}"
    named = "" if verdict.verdict is Judgement.OK else f"   {verdict.class_name}"
    return f"{words}{named}{f' ({verdict.reason})' if verdict.reason else ''}"


def _meaning(strengths: npt.NDArray[np.float32] | None) -> str:
    if strengths is None:
        return "right: no heatmap in this model file"
    if strengths.max() > 0:
        return "right: evidence for defective; outlined: the most"
    return "right: no place stands out; outlined: the most"


def _fit(photo: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """The photo at a size to be seen at: large ones shrunk, tiny ones enlarged."""
    height, width = photo.shape[:2]
    scale = min(1.0, _LONGEST / max(height, width))
    if min(height, width) < _FEWEST:
        scale = min(_FEWEST / min(height, width), _LONGEST / max(height, width))
    if scale == 1.0:
        return photo
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(Image.fromarray(photo).resize(size, Image.Resampling.BICUBIC))
