"""okng.dataset.split: folds and repairs, which no part crosses."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from okng.dataset import Dataset, Photo, make_folds, repair_split
from okng.errors import DatasetError


def dataset(*photos: Photo) -> Dataset:
    """Photos of two classes."""
    named = tuple(replace(p, sha256=f"{n * 7919 % 10007:08x}") for n, p in enumerate(photos))
    return Dataset(Path("root"), named, ("ok", "ng"), "ok")


GROUPED = dataset(
    *(
        Photo(f"{label}/{part}_{n}.jpg", label, group=f"{label}{part}")
        for label, parts in (("ok", 14), ("ng", 30))
        for part in range(parts)
        for n in range(1 + part % 5)
    )
)


@pytest.mark.parametrize(("count", "seed"), [(2, 0), (5, 0), (5, 1), (7, 3)])
def test_every_photo_is_tested_once(count: int, seed: int) -> None:
    """Each fold has all photos, all splits, both classes, and no part on two sides."""
    folds = make_folds(GROUPED, count, validation=0.15, seed=seed)
    tested: Counter[str] = Counter()
    for fold in folds:
        places = {(p.group, p.split) for p in fold.photos}
        assert len(places) == len({p.group for p in GROUPED.photos})
        assert len(fold) == len(GROUPED)
        assert set(fold.counts()) == {"train", "val", "test"}
        tested.update(p.path for p in fold.photos if p.split == "test")

    assert len(folds) == count
    assert set(tested.values()) == {1}
    assert len(tested) == len(GROUPED)


def test_folds_are_stratified() -> None:
    """Each class has about its share in each test."""
    for fold in make_folds(GROUPED, 5, validation=0.15, seed=0):
        for label, count in fold.counts()["test"].items():
            whole = sum(p.label == label for p in GROUPED.photos)
            assert abs(count - whole / 5) <= 4


def test_same_seed_same_folds() -> None:
    """Whatever the order of the photos."""
    turned = replace(GROUPED, photos=GROUPED.photos[::-1])
    first, again = (
        [
            {p.path for p in fold.photos if p.split == "test"}
            for fold in make_folds(photos, 4, validation=0.2, seed=5)
        ]
        for photos in (GROUPED, turned)
    )

    assert first == again


def test_more_folds_than_parts_are_refused() -> None:
    """With the class that has too few."""
    with pytest.raises(DatasetError, match=r"too few parts for 20 folds: ok has 14(.|\n)*fewer"):
        make_folds(GROUPED, 20, validation=0.15, seed=0)
    alone = dataset(*(Photo(f"{c}/{n}", c) for c in ("ok", "ng") for n in range(12)))
    with pytest.raises(DatasetError, match=r"ok has 12, ng has 12"):
        make_folds(alone, 20, validation=0.15, seed=0)


def leaking(copies: int) -> Dataset:
    """Ten training photos of each class, of which some show parts of the test."""
    photos = []
    for label in ("ok", "ng"):
        photos += [
            Photo(f"{label}/train{n}", label, group=f"{label}{n}", split="train") for n in range(10)
        ]
        photos += [Photo(f"{label}/v", label, group=f"{label}0", split="val")]
        photos += [Photo(f"{label}/v2", label, group=f"{label}1", split="val")]
        photos += [
            Photo(f"{label}/test{n}", label, group=f"{label}{n}", split="test")
            for n in range(1, copies)
        ]
    return dataset(*photos)


def test_repair_drops_what_leaks() -> None:
    """From training what validation or test show, from validation what the test shows."""
    found = repair_split(leaking(4))
    names = {p.path for p in found.photos if p.label == "ok"}

    assert names == {f"ok/train{n}" for n in range(4, 10)} | {"ok/v"} | {
        f"ok/test{n}" for n in range(1, 4)
    }


def test_hopeless_repair_offers_another_split() -> None:
    """Where most of training would go."""
    with pytest.raises(DatasetError, match=r"2 of 10 photos of ok(.|\n)*`data.split` new"):
        repair_split(leaking(8))
