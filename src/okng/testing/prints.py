"""Draws photos of parts that all bear one print: text, logo, embossed ring or colour screen-print.

The design is the same on every part. What is a part's own is its grain, its scratches and dirt, how
well its ink took, where it lies, and its light.
"""

import functools
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from okng.testing.defects import Floats
from okng.testing.parts import Sample

_CANVAS = 1024  # pixels of the drawn design: twice the largest photo, so that no edge is stepped
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
_BODY = {"text": (0.72, 0.72, 0.7), "logo": (0.3, 0.33, 0.36), "ring": (0.6, 0.6, 0.6),
         "screen": (0.8, 0.78, 0.7)}  # fmt: skip
_INKS = ((0.75, 0.12, 0.1), (0.1, 0.2, 0.6), (0.1, 0.45, 0.2), (0.08, 0.08, 0.08))


class Print(StrEnum):
    """What every part of a set bears."""

    TEXT = "text"
    LOGO = "logo"
    RING = "ring"
    SCREEN = "screen"


@dataclass(frozen=True)
class PrintLook:
    """How strong the common print is, and how strong what is a part's own.

    Attributes:
        contrast: of the print, in [0, 1]; 1 is black on light.
        density: lines of text, or figures of a logo, in [0.3, 2] times the usual number.
        grain: deviation of the surface's brightness, as a share of it.
        marks: expected number of scratches; there are twice as many specks of dirt.
        noise: deviation of the sensor's noise, in shares of white.
        jitter: how far a part may lie off, as a share of the side; as many tenths of a radian
            as it may be turned.
        light: largest change of exposure and of its fall from side to side, as a share.
        turned: whether parts lie at any angle.
    """

    contrast: float = 0.7
    density: float = 1.0
    grain: float = 0.05
    marks: float = 4.0
    noise: float = 0.008
    jitter: float = 0.015
    light: float = 0.06
    turned: bool = False


def draw_printed(
    seed: int, kind: Print, *, style: PrintLook | None = None, size: int = 192, design: int = 0
) -> Sample:
    """Draw one part with a print. Nothing on it is a defect.

    Args:
        seed: which part.
        kind: what is printed.
        style: how strong print, grain and marks are.
        size: height and width in pixels.
        design: another number is another text, logo, ring or picture of the same kind.

    Returns:
        The photo; its mask is empty.
    """
    style = style or PrintLook()
    rng = np.random.default_rng((seed, 23))
    ink, colour = _design(kind, design, style.density)
    matrix = _placed(rng, style)
    surface = np.array(_BODY[kind], dtype=np.float32) * _surface(rng, style)
    took = 1 - 0.25 * np.abs(_noise(rng, 40, _CANVAS // 2))  # how well the ink took
    if kind is Print.RING:
        scene = surface * (1 + style.contrast * _shading(ink, rng)[..., None])
    else:
        cover = (style.contrast * ink * took)[..., None]
        scene = surface * (1 - cover) + colour * cover
    photo = _exposed(_photographed(scene, matrix, size), style, rng)
    return Sample(photo, np.zeros((size, size), dtype=bool))


@functools.lru_cache(maxsize=16)
def _design(kind: Print, design: int, density: float) -> tuple[Floats, Floats]:
    """Where ink lies, (H, W) in [0, 1], and its colour (H, W, 3), both at half of the canvas."""
    rng = np.random.default_rng((design, 29))
    image = Image.new("L", (_CANVAS, _CANVAS), 0)
    colours = Image.new("RGB", (_CANVAS, _CANVAS), (15, 15, 15))
    draw = ImageDraw.Draw(image)
    if kind is Print.TEXT:
        _text(draw, rng, round(11 * density))
    elif kind is Print.RING:
        image = _ring(image, rng, round(26 * density))
    else:
        _figures(draw, ImageDraw.Draw(colours), rng, round(12 * density), kind)
    half = _CANVAS // 2, _CANVAS // 2
    small = (np.asarray(drawn.resize(half, Image.Resampling.BOX)) for drawn in (image, colours))
    ink, colour = (np.asarray(pixels / np.float32(255), dtype=np.float32) for pixels in small)
    return ink, colour


def _word(rng: np.random.Generator, length: int) -> str:
    return "".join(rng.choice(list(_LETTERS), length))


def _text(draw: ImageDraw.ImageDraw, rng: np.random.Generator, lines: int) -> None:
    """Lines of letters and digits, as on a nameplate."""
    step = 0.8 * _CANVAS / max(1, lines)
    font = ImageFont.load_default(max(12, 0.75 * min(step, 120)))
    for line in range(lines):
        words = " ".join(_word(rng, int(rng.integers(3, 9))) for _ in range(4))
        place = rng.uniform(0.1, 0.16) * _CANVAS, 0.1 * _CANVAS + line * step
        fits = next((n for n in range(len(words), 0, -1)
                     if draw.textlength(words[:n], font) < 0.78 * _CANVAS), 1)  # fmt: skip
        draw.text(place, words[:fits], fill=255, font=font)


def _ring(image: Image.Image, rng: np.random.Generator, letters: int) -> Image.Image:
    """Letters in a circle between two raised rings, as on a cast or moulded lid."""
    font = ImageFont.load_default(_CANVAS * min(0.09, 2.2 / max(1, letters)))
    for number, letter in enumerate(_word(rng, letters)):
        one = Image.new("L", image.size, 0)
        place = _CANVAS / 2, 0.17 * _CANVAS
        ImageDraw.Draw(one).text(place, letter, fill=255, font=font, anchor="mm")
        turned = one.rotate(-360 * number / letters, Image.Resampling.BICUBIC)
        image = Image.fromarray(np.maximum(np.asarray(image), np.asarray(turned)))
    draw = ImageDraw.Draw(image)
    for radius in (0.25, 0.41):
        box = [_CANVAS * (0.5 - radius)] * 2 + [_CANVAS * (0.5 + radius)] * 2
        draw.ellipse(box, outline=255, width=_CANVAS // 80)
    return image


def _figures(
    draw: ImageDraw.ImageDraw,
    colours: ImageDraw.ImageDraw,
    rng: np.random.Generator,
    count: int,
    kind: Print,
) -> None:
    """Polygons, discs and one word; a screen-print has several colours."""
    for number in range(count):
        middle, size = rng.uniform(0.22, 0.78, 2) * _CANVAS, rng.uniform(0.03, 0.13) * _CANVAS
        white = kind is Print.LOGO
        ink = (235, 235, 235) if white else tuple(round(255 * c) for c in _INKS[number % 4])
        angles = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(3, 7))))
        corners = [tuple(middle + size * np.array([np.cos(a), np.sin(a)])) for a in angles]
        reach = [*(middle - size / 2), *(middle + size / 2)]
        for canvas, fill in ((draw, 255), (colours, ink)):
            if number % 3:
                canvas.polygon(corners, fill=fill)
            else:
                canvas.ellipse(reach, fill=fill)
    word, place = _word(rng, 6), (0.5 * _CANVAS, 0.88 * _CANVAS)
    font = ImageFont.load_default(0.13 * _CANVAS)
    colours.text(place, word, font=font, anchor="mm",
                 fill=(235, 235, 235) if kind is Print.LOGO else (15, 15, 15))  # fmt: skip
    draw.text(place, word, fill=255, font=font, anchor="mm")


def _surface(rng: np.random.Generator, style: PrintLook) -> Floats:
    """Brightness (H, W, 1) around 1: grain of three widths, scratches, dirt."""
    side = _CANVAS // 2
    grain = sum(
        _noise(rng, cells, side) * share for cells, share in ((32, 0.4), (96, 0.6), (240, 0.7))
    )
    marks = Image.new("L", (side, side), 128)
    draw = ImageDraw.Draw(marks)
    for _ in range(rng.poisson(style.marks)):
        start, angle = rng.uniform(0, side, 2), rng.uniform(0, 2 * np.pi)
        end = start + side * rng.uniform(0.05, 0.4) * np.array([np.cos(angle), np.sin(angle)])
        draw.line([*start, *end], fill=int(rng.integers(80, 200)), width=int(rng.integers(1, 4)))
    for _ in range(rng.poisson(2 * style.marks)):
        middle, radius = rng.uniform(0, side, 2), rng.uniform(1.5, 6)
        draw.ellipse([*(middle - radius), *(middle + radius)], fill=int(rng.integers(50, 110)))
    soft = np.asarray(marks.filter(ImageFilter.GaussianBlur(0.8)), dtype=np.float32) / 128
    return np.asarray(((1 + style.grain * grain) * soft)[..., None], dtype=np.float32)


def _noise(rng: np.random.Generator, cells: int, side: int) -> Floats:
    """Smooth noise (side, side) of so many cells a side, deviation about 1."""
    drawn = Image.fromarray(rng.normal(0, 1, (cells, cells)).astype(np.float32))
    return np.asarray(drawn.resize((side, side), Image.Resampling.BICUBIC), dtype=np.float32)


def _shading(height: Floats, rng: np.random.Generator) -> Floats:
    """How much brighter slopes are that face the lamp, in about [-1, 1]."""
    steps = Image.fromarray((height * 255).round().astype(np.uint8))
    raised = np.asarray(steps.filter(ImageFilter.GaussianBlur(1.5)), dtype=np.float32) / 255
    down, right = np.gradient(raised)
    angle = np.radians(225 + rng.uniform(-12, 12))
    return np.asarray(3 * (np.cos(angle) * right + np.sin(angle) * down), dtype=np.float32)


def _placed(rng: np.random.Generator, style: PrintLook) -> npt.NDArray[np.float64]:
    """From places of the photo to places of the part, about the middle, in sides: (2, 3)."""
    angle = rng.uniform(-np.pi, np.pi) if style.turned else rng.uniform(-3, 3) * style.jitter
    zoom = 1 + rng.uniform(-0.7, 0.7) * style.jitter
    turn = zoom * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.column_stack([turn, rng.uniform(-style.jitter, style.jitter, 2)])


def _photographed(scene: Floats, matrix: npt.NDArray[np.float64], size: int) -> Floats:
    """The part as it lies before the camera, float32 (size, size, 3)."""
    side = len(scene)
    pad = side // 4  # a turned part must not end in the corners
    wide = np.pad(scene, [(pad, pad), (pad, pad), (0, 0)], mode="symmetric")
    shift = side * (matrix[:, 2] + 0.5 - matrix[:, :2] @ [0.5, 0.5]) + pad
    data = (*matrix[0, :2], shift[0], *matrix[1, :2], shift[1])
    planes = []
    for plane in range(3):
        turned = Image.fromarray(np.ascontiguousarray(wide[..., plane])).transform(
            (side, side), Image.Transform.AFFINE, data, Image.Resampling.BILINEAR
        )
        planes.append(np.asarray(turned.resize((size, size), Image.Resampling.BOX)))
    return np.stack(planes, axis=2)


def _exposed(scene: Floats, style: PrintLook, rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Exposure, fall of the light to one side, the sensor's noise."""
    steps = np.linspace(-1, 1, len(scene), dtype=np.float32)
    x, y = np.meshgrid(steps, steps)
    exposure, across, down = rng.uniform(-style.light, style.light, 3)
    light = (1 + exposure + across * x + down * y)[..., None]
    values = scene * light + rng.normal(0, style.noise, scene.shape)
    return np.asarray((values.clip(0, 1) * 255).round(), dtype=np.uint8)
