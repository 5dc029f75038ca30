"""okng.dataset.split: parts with many photos, and splits that are given in part."""

import random
from dataclasses import replace
from pathlib import Path

import pytest

from okng.dataset import Dataset, Photo, assign_splits

SPLITS = ("train", "val", "test")


def dataset(*photos: Photo) -> Dataset:
    """Photos with made-up digests, which have nothing to do with the order of paths."""
    digests = [f"{random.Random(p.path).getrandbits(64):016x}" for p in photos]  # noqa: S311
    named = tuple(replace(p, sha256=d) for p, d in zip(photos, digests, strict=True))
    return Dataset(Path("root"), named, ("ng", "ok"), "ok")


def alone(label: str, count: int, split: str = "") -> list[Photo]:
    """Photos without groups."""
    return [Photo(f"{label}/{split}{n}.jpg", label, split=split) for n in range(count)]


def grouped(label: str, sizes: list[int]) -> list[Photo]:
    """Photos of parts, so many of each."""
    return [
        Photo(f"{label}/{part}_{n}.jpg", label, group=f"{label}{part}")
        for part, size in enumerate(sizes)
        for n in range(size)
    ]


@pytest.mark.parametrize("seed", range(5))
def test_mixed_sizes_hold_the_shares(seed: int) -> None:
    """Parts of very different photo counts stay whole, and shares hold within a few photos."""
    sizes = random.Random(seed).choices([1, 2, 3, 4, 8, 12], k=60)  # noqa: S311
    photos = dataset(*grouped("ng", sizes), *grouped("ok", sizes[::-1]), *alone("ok", 30))
    shared = assign_splits(photos, validation=0.15, test=0.2, seed=seed)
    places = {(photo.group, photo.split) for photo in shared.photos if photo.group}
    assert len(places) == len({group for group, _ in places})
    total = {"ng": sum(sizes), "ok": sum(sizes) + 30}
    for split, share in (("val", 0.15), ("test", 0.2)):
        for label, count in shared.counts()[split].items():
            assert abs(count - share * total[label]) <= 2


def test_large_groups_are_not_preferred() -> None:
    """The test holds parts as they come, not above all those with the most photos."""
    photos = dataset(*grouped("ng", [1, 9] * 50), *grouped("ok", [1, 9] * 50))
    tested = [
        int(photo.group[2:])
        for seed in range(10)
        for photo in assign_splits(photos, validation=0.15, test=0.2, seed=seed).photos
        if photo.split == "test"
    ]
    # Even part numbers have one photo; a tenth of all photos is theirs.
    assert 0.05 < sum(part % 2 == 0 for part in tested) / len(tested) < 0.15


@pytest.mark.parametrize("seed", range(10))
def test_three_parts_of_any_size_are_enough(seed: int) -> None:
    """Three parts go one to each split, also when one of them has nearly all photos."""
    photos = dataset(*alone("ok", 9), *grouped("ng", [1, 1, 20]))
    counts = assign_splits(photos, validation=0.15, test=0.15, seed=seed).counts()
    assert sorted(counts[split]["ng"] for split in SPLITS) == [1, 1, 20]


@pytest.mark.parametrize("seed", range(5))
def test_group_of_two_classes_stays_whole(seed: int) -> None:
    """A part that has photos in two classes goes to one side as well."""
    mixed = [Photo(f"x/{label}", label, group="m") for label in ("ng", "ok")]
    photos = dataset(*mixed, *alone("ng", 10), *alone("ok", 10))
    shared = assign_splits(photos, validation=0.2, test=0.2, seed=seed)
    assert len({photo.split for photo in shared.photos if photo.group == "m"}) == 1


def test_given_splits_stay_even_when_they_leak() -> None:
    """Complete splits are returned as they are: a leak is reported, not tidied away."""
    photos = [p for split in SPLITS for label in ("ng", "ok") for p in alone(label, 3, split)]
    leaking = [replace(p, group="g" if p.path.endswith("0.jpg") else "") for p in photos]
    shared = assign_splits(dataset(*leaking), validation=0.2, test=0.2, seed=0)
    assert {p.path: p.split for p in shared.photos} == {p.path: p.split for p in leaking}


def test_unsplit_photo_follows_its_group() -> None:
    """Where only some photos have a split, the copies of a test photo are not trained on."""
    photos = [p for split in SPLITS for label in ("ng", "ok") for p in alone(label, 3, split)]
    photos += [Photo("ng/a", "ng", group="g", split="test"), Photo("ng/b", "ng", group="g")]
    photos += [Photo("ng/c", "ng")]
    shared = assign_splits(dataset(*photos), validation=0.2, test=0.2, seed=0)
    found = {photo.path: photo.split for photo in shared.photos}
    assert found["ng/b"] == "test"
    assert found["ng/c"] == "train"
