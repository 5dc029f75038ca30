"""Batches in an order that only seed and epoch decide."""

import numpy as np
import pytest

from okng.training.data.loader import (
    EpochOrder,
    PhotoArray,
    loader,
    photos_at_once,
)


def test_every_photo_comes_once() -> None:
    """An epoch is a permutation."""
    batches = list(EpochOrder(101, 32, seed=1))

    assert sorted(np.concatenate(batches)) == list(range(101))


def test_no_batch_holds_one_photo() -> None:
    """Batch normalisation needs more than one."""
    assert min(len(batch) for batch in EpochOrder(65, 32, seed=1)) >= 21


def test_order_follows_seed_and_epoch() -> None:
    """The same epoch is the same again, the next one is another."""
    order = EpochOrder(50, 10, seed=1)
    first = np.concatenate(list(order))
    again = np.concatenate(list(order))
    order.set_epoch(1)

    assert np.array_equal(first, again)
    assert not np.array_equal(first, np.concatenate(list(order)))


def test_batches_are_photos_in_zero_to_one() -> None:
    """Channels first, floats, labels beside them."""
    photos = np.arange(4 * 2 * 2 * 3, dtype=np.uint8).reshape(4, 2, 2, 3) * 5
    batch, labels, weights, parts = next(iter(loader(PhotoArray(photos, np.arange(4)), 4, None)))

    assert batch.shape == (4, 3, 2, 2)
    assert float(batch[1, 2, 0, 1]) == pytest.approx(photos[1, 0, 1, 2] / 255)
    assert labels.tolist() == parts.tolist() == [0, 1, 2, 3]
    assert weights.tolist() == [1, 1, 1, 1]


def test_photos_are_drawn_by_their_chances() -> None:
    """One that counts nothing is never drawn, one that counts double comes twice as often."""
    chances = np.array([0.0, 1.0, 2.0] + [1.0] * 7, dtype=np.float32)
    order = EpochOrder(10, 4, seed=1, chances=chances)
    drawn = []
    for epoch in range(300):
        order.set_epoch(epoch)
        drawn += np.concatenate(list(order)).tolist()
    counts = np.bincount(drawn, minlength=10)

    assert counts[0] == 0
    assert counts[2] == pytest.approx(2 * counts[1], rel=0.2)


def test_an_epoch_may_draw_fewer_photos_than_there_are() -> None:
    """Steps follow from what is drawn; another epoch draws others."""
    order = EpochOrder(100, 8, seed=1, chances=np.ones(100, np.float32), drawn=20)
    first = np.concatenate(list(order))
    order.set_epoch(1)
    second = np.concatenate(list(order))

    assert len(order) == 3
    assert len(first) == len(second) == 20
    assert set(first) != set(second)


@pytest.mark.parametrize("seed", range(5))
def test_chances_of_any_photos_can_be_drawn_by(seed: int) -> None:
    """A draw demands that they sum to 1 far more exactly than float32 does."""
    chances = np.random.default_rng(seed).random(113).astype(np.float32)

    assert len(np.concatenate(list(EpochOrder(113, 32, seed=1, chances=chances)))) == 113


def test_large_photos_go_through_by_twos() -> None:
    """Usual ones as they always did; never none."""
    assert [photos_at_once(size) for size in (32, 192, 288, 512, 1024, 8192)] == [
        32, 32, 32, 10, 2, 1,
    ]  # fmt: skip


def test_photos_that_are_looked_at_often_go_through_in_smaller_groups() -> None:
    """All looks stand in memory together."""
    assert [photos_at_once(size, 4) for size in (192, 512, 1024)] == [8, 2, 1]
