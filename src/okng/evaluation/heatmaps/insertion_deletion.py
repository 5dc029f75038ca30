"""Insertion and deletion: does the score follow the places that the heatmap calls hot?

Petsiuk, Das, Saenko: RISE (2018). Deletion takes places out of the photo, the hottest first, and
the score should fall soon; insertion puts them back, and it should rise soon. RISE takes black or a
blurred photo as what is not there. To an inspector both look like defects, so here it is the photo
of a good part that looks most alike; where there is none, the blurred photo.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from okng import preprocess
from okng.evaluation.heatmaps.true_positives import Hit
from okng.evaluation.results.trust import (
    Erasure,
    Gain,
    Gains,
    HeatmapCurves,
    OrderAreas,
    OrderCurves,
)
from okng.evaluation.statistics.intervals import bootstrap
from okng.inference import Inspector

Floats = npt.NDArray[np.float64]
Pixels = npt.NDArray[np.uint8]
# of the pixels; closer at the start, where the score falls
FRACTIONS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 1.0)
ORDERS = ("heatmap", "random", "centre")
_BLUR = 0.08  # of the side
_SOFT = 0.02  # of the side: seams are blended over this much
_THUMBNAIL = 24  # pixels: enough to find a good part that lies alike


def erase(inspector: Inspector, hits: Sequence[Hit], good: Sequence[Pixels]) -> Erasure:
    """Areas under the curves of the heatmap, of places at random, and of the middle first.

    Args:
        inspector: judges the changed photos.
        hits: with photos and heatmaps.
        good: photos uint8 (H, W, 3) of good parts that got OK; may be empty.
    """
    side = inspector.metadata.input.image_size
    others = [_small(photo, side) for photo in good]
    curves = np.array(  # (photos, 2, orders, fractions): put in, taken out
        [_curves(inspector, hit, others, side, number) for number, hit in enumerate(hits)]
    )
    areas = np.trapezoid(curves, FRACTIONS, axis=-1)  # (photos, 2, orders)
    # (photos, orders): high where a hot place makes the score, and its loss ends it
    gains = areas[:, 0] - areas[:, 1]
    means = curves.mean(axis=0)
    insertion, deletion = (OrderAreas(**_by_order(areas[:, row].mean(axis=0))) for row in (0, 1))
    put_in, taken_out = (OrderCurves(**_by_order(means[row])) for row in (0, 1))
    return Erasure(
        insertion=insertion,
        deletion=deletion,
        gain=Gains(
            random=_mean(gains[:, 0] - gains[:, 1]), centre=_mean(gains[:, 0] - gains[:, 2])
        ),
        background="good part" if others else "blur",
        curves=HeatmapCurves(fraction=FRACTIONS, insertion=put_in, deletion=taken_out),
    )


def _by_order(values: Floats) -> dict[str, object]:
    """Values (orders, ...) by the name of the order."""
    return dict(zip(ORDERS, values.tolist(), strict=True))


def _curves(
    inspector: Inspector, hit: Hit, others: Sequence[Pixels], side: int, seed: int
) -> Floats:
    """Scores (2, orders, fractions): insertion, then deletion."""
    photo = _small(hit.photo, side)
    without = _background(photo, others, side)
    ranks = [_ranks(heat, side) for heat in _orders(hit.heatmap, seed)]
    ends = _scores(inspector, [without, photo], hit.label)
    inner = [  # the two ends are the same for all orders
        _blend(back, front, rank < fraction)
        for front, back in ((photo, without), (without, photo))
        for rank in ranks
        for fraction in FRACTIONS[1:-1]
    ]
    # (2, orders, fractions between the ends)
    middle = _scores(inspector, inner, hit.label).reshape(2, len(ranks), -1)
    first, last = (
        np.broadcast_to(e[:, None, None], (2, len(ranks), 1)) for e in (ends, ends[::-1])
    )
    return np.concatenate([first, middle, last], axis=-1)


def _small(photo: Pixels, side: int) -> Pixels:
    return preprocess.shrink(photo, side)


def _background(photo: Pixels, others: Sequence[Pixels], side: int) -> Pixels:
    """The good part that looks most alike, or the photo itself, blurred."""
    # a defect on a blurred photo would be judged by the blur, so a good part where there is one
    if not others:
        blurred = Image.fromarray(photo).filter(ImageFilter.GaussianBlur(_BLUR * side))
        return np.asarray(blurred)
    small = [_small(other, _THUMBNAIL).astype(float) for other in (photo, *others)]
    distances = [np.abs(small[0] - other).mean() for other in small[1:]]
    return others[int(np.argmin(distances))]  # in grey levels, over thumbnails


def _blend(back: Pixels, front: Pixels, where: npt.NDArray[np.bool_]) -> Pixels:
    """`front` over `back` where the mask is true, with soft seams."""
    mask = Image.fromarray(where.astype(np.uint8) * 255)
    soft = np.asarray(mask.filter(ImageFilter.GaussianBlur(_SOFT * len(where))), dtype=float)
    share = soft[..., None] / 255  # (side, side, 1)
    return (front * share + back * (1 - share)).round().astype(np.uint8)


def _orders(heatmap: npt.NDArray[np.float32], seed: int) -> tuple[npt.NDArray[np.float32], ...]:
    """The heatmap, its own cells in an order drawn by chance, and the middle first."""
    height, width = heatmap.shape
    shuffled = np.random.default_rng(seed).permutation(heatmap.ravel()).reshape(heatmap.shape)
    rows = np.linspace(-1, 1, 2 * height + 1)[1::2, None]  # middles of the cells, in (-1, 1)
    columns = np.linspace(-1, 1, 2 * width + 1)[None, 1::2]
    return heatmap, shuffled, (-np.hypot(rows, columns)).astype(np.float32)


def _ranks(heatmap: npt.NDArray[np.float32], side: int) -> Floats:
    """Rank (side, side) of each pixel in [0, 1), the hottest first."""
    wide = Image.fromarray(heatmap).resize((side, side), Image.Resampling.BICUBIC)
    order = np.argsort(-np.asarray(wide), axis=None, kind="stable")
    ranks = np.empty(side * side)
    # share of pixels that are hotter, in [0, 1)
    ranks[order] = np.arange(side * side) / (side * side)
    return ranks.reshape(side, side)


def _scores(inspector: Inspector, photos: list[npt.NDArray[np.uint8]], label: str) -> Floats:
    """Probability of the class in each photo; the defect score where there is an OK class."""
    verdicts = inspector(photos)
    if inspector.metadata.ok_class is not None:
        return np.array([verdict.defect_score for verdict in verdicts])
    return np.array([verdict.probabilities[label] for verdict in verdicts])


def _mean(values: Floats) -> Gain:
    # photos are of different parts: each is a group of its own
    low, high, draws = bootstrap(lambda rows: float(values[rows].mean()), np.arange(len(values)))
    method = f"mean over photos, bootstrap, {draws} draws"
    return Gain(value=float(values.mean()), low=low, high=high, n=len(values), method=method)
