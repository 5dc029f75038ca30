"""Splits are stratified, reproducible, and keep groups whole."""

from pathlib import Path

import pytest

from okng.dataset import Dataset, Photo, assign_splits
from okng.errors import DatasetError


def _dataset(photos: list[Photo]) -> Dataset:
    return Dataset(Path(), tuple(photos), ("ok", "bad"), "ok")


def _photos(good: int, bad: int, per_group: int = 1) -> list[Photo]:
    labels = ["ok"] * good + ["bad"] * bad
    return [
        Photo(f"{i}.jpg", label, f"{i:064d}", f"g{label}{i // per_group}" if per_group > 1 else "")
        for i, label in enumerate(labels)
    ]


def _split(photos: list[Photo], seed: int = 0) -> Dataset:
    return assign_splits(_dataset(photos), validation=0.2, test=0.2, seed=seed)


def test_each_class_gets_its_share() -> None:
    """Stratified by class."""
    assert _split(_photos(100, 20)).counts() == {
        "train": {"ok": 60, "bad": 12},
        "val": {"ok": 20, "bad": 4},
        "test": {"ok": 20, "bad": 4},
    }


@pytest.mark.parametrize("seed", range(5))
def test_groups_stay_whole(seed: int) -> None:
    """No part has photos in two splits, and shares stay near."""
    result = _split(_photos(90, 90, per_group=6), seed)
    splits = {photo.group: set() for photo in result.photos}  # type: dict[str, set[str]]
    for photo in result.photos:
        splits[photo.group].add(photo.split)

    assert all(len(found) == 1 for found in splits.values())
    assert all(12 <= count <= 24 for count in result.counts()["test"].values())


def test_same_seed_same_split_whatever_the_order() -> None:
    """The order of the file system does not matter."""
    photos = _photos(30, 30)
    splits = [{p.path: p.split for p in _split(order).photos} for order in (photos, photos[::-1])]

    assert splits[0] == splits[1]


def test_another_seed_is_another_split() -> None:
    """The seed decides the draw."""
    photos = _photos(30, 30)

    assert _split(photos, 1).photos != _split(photos, 2).photos


def test_given_splits_stay_and_validation_comes_from_training() -> None:
    """A given test is never touched."""
    given = [Photo(p.path, p.label, p.sha256, "", "test" if i % 2 else "train")
             for i, p in enumerate(_photos(40, 40))]  # fmt: skip
    before = {p.path for p in given if p.split == "test"}

    result = _split(given)

    assert {p.path for p in result.photos if p.split == "test"} == before
    assert result.counts()["val"] == {"ok": 4, "bad": 4}


def test_three_photos_go_one_to_each_split() -> None:
    """The fewest that can be shared out."""
    counts = _split(_photos(30, 3)).counts()

    assert [counts[split]["bad"] for split in ("train", "val", "test")] == [1, 1, 1]


def test_a_class_of_one_group_cannot_be_shared_out() -> None:
    """One part is no test of another."""
    photos = _photos(30, 0) + [Photo(f"b{i}.jpg", "bad", f"b{i}", "one") for i in range(10)]

    with pytest.raises(DatasetError, match="bad has no photo in"):
        _split(photos)
