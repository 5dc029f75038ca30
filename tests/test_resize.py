"""The resize of training and line: whole grey levels from exact sums."""

import numpy as np
import pytest
from PIL import Image

from okng import resize as resize_module
from okng.resize import UNIT, is_grey, resize, resize_weights

SIDES = [(1, 64), (16, 192), (24, 64), (40, 192), (64, 64), (300, 64), (301, 192), (4000, 192)]


@pytest.mark.parametrize(("before", "after"), SIDES)
def test_weights_are_those_of_a_triangle(before: int, after: int) -> None:
    """Each within one unit of the exact triangle filter, and rows sum to one without an error."""
    found = resize_weights(before, after)
    scale = before / after
    for row in (0, after // 3, after - 1):
        apart = np.abs(np.arange(before) + 0.5 - (row + 0.5) * scale)
        exact = (1 - apart / max(scale, 1.0)).clip(min=0)
        assert np.abs(found[row] - exact / exact.sum()).max() <= 1 / UNIT

    assert (found.sum(1, dtype=np.float64) == 1).all()
    assert found.min() >= 0
    assert np.array_equal(found * UNIT, np.rint(found * UNIT))


@pytest.mark.parametrize("channels", [3, 1])
@pytest.mark.parametrize(
    "size",
    [(2, 3), (16, 16), (24, 40), (64, 300), (1200, 7), (700, 900), (96, 128), (72, 200), (61, 80)],
)
def test_photo_equals_the_sums_of_integers(size: tuple[int, int], channels: int) -> None:
    """Blocks and float32 change nothing: the result is that of whole numbers, halves upwards."""
    photo = np.random.default_rng(0).integers(0, 256, (*size, channels), dtype=np.uint8)
    photo = np.broadcast_to(photo, (*size, 3))  # one channel: a grey photo
    rows, columns = ((resize_weights(side, 64) * UNIT).astype(np.int64) for side in size)

    short = (np.einsum("sh,hwc->swc", rows, photo.astype(np.int64)) + UNIT // 2) // UNIT
    wanted = (np.einsum("sw,hwc->hsc", columns, short) + UNIT // 2) // UNIT

    assert np.array_equal(resize(photo, 64), wanted)


@pytest.mark.parametrize("level", [0, 1, 127, 254, 255])
def test_even_photo_stays_what_it_is(level: int) -> None:
    """No size and no rounding moves an even grey."""
    for height, width in ((3, 5), (40, 24), (997, 1500)):
        assert (resize(np.full((height, width, 3), level, np.uint8), 96) == level).all()


@pytest.mark.parametrize("size", [(16, 16), (40, 24), (480, 640)])
def test_result_is_that_of_pillow_within_a_level(size: tuple[int, int]) -> None:
    """The same filter; Pillow rounds between the passes in the other order."""
    photo = np.random.default_rng(1).integers(0, 256, (*size, 3), dtype=np.uint8)
    pillow = np.asarray(Image.fromarray(photo).resize((128, 128), Image.Resampling.BILINEAR))

    assert np.abs(resize(photo, 128).astype(int) - pillow).max() <= 1


@pytest.mark.parametrize("product", [1, 5_000, 10**12])
def test_small_products_give_the_same_pixels(product: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The photo is filtered in pieces that start no threads; the pieces change no pixel."""
    photo = np.random.default_rng(0).integers(0, 256, (90, 70, 3), dtype=np.uint8)
    expected = resize(photo, 32)

    monkeypatch.setattr(resize_module, "_PRODUCT", product)

    assert np.array_equal(resize(photo, 32), expected)


@pytest.mark.parametrize("place", [0, 1, 196_608, 196_609, 3 * 300 * 300 - 1])
def test_one_coloured_value_makes_a_photo_coloured(place: int) -> None:
    """Wherever it is, also where two stretches that are compared meet; no other one matters."""
    photo = np.repeat(np.random.default_rng(0).integers(0, 255, (300, 300, 1), np.uint8), 3, axis=2)
    assert is_grey(photo)
    photo.reshape(-1)[place] += 1

    assert not is_grey(photo)


def test_a_coloured_photo_is_resized_channel_by_channel() -> None:
    """Each as the grey photo that it would be alone."""
    photo = np.random.default_rng(0).integers(0, 256, (90, 70, 3), dtype=np.uint8)
    alone = [resize(np.repeat(photo[..., c : c + 1], 3, axis=2), 64)[..., 0] for c in range(3)]

    assert np.array_equal(resize(photo, 64), np.stack(alone, axis=2))
