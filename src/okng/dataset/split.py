"""Shares photos out to training, validation and test: stratified by class, whole groups only."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from okng.dataset.records import SPLITS, Dataset, Photo
from okng.errors import DatasetError

Group = list[Photo]


def assign_splits(dataset: Dataset, *, validation: float, test: float, seed: int) -> Dataset:
    """Give a split to every photo that has none.

    Splits that were given stay as they are, also when they leak: the audit reports that. Without a
    given test, `test` of the photos become one; without a given validation, `validation` of the
    photos that are left are taken from training.

    Args:
        dataset: photos with digests and groups.
        validation: share, in (0, 1).
        test: share, in (0, 1).
        seed: decides the draw, together with the contents of the photos.

    Raises:
        DatasetError: a class is missing in a split.
    """
    splits = {photo.split for photo in dataset.photos}
    photos = [replace(p, split=p.split or "train") for p in dataset.photos]
    if "test" not in splits:
        photos = _move(photos, "test", test, seed)
    if "val" not in splits:
        share = validation if "test" in splits else validation / (1 - test)
        photos = _move(photos, "val", share, seed + 1)
    result = replace(dataset, photos=tuple(photos))
    _check(result)
    return result


def _move(photos: list[Photo], split: str, share: float, seed: int) -> list[Photo]:
    """Move whole groups from training to a split, until each class has its share there."""
    groups = _groups(photo for photo in photos if photo.split == "train")
    chosen = _choose(groups, share, np.random.default_rng(seed))
    return [
        replace(p, split=split) if p.split == "train" and p.path in chosen else p for p in photos
    ]


def _groups(photos: Iterable[Photo]) -> list[Group]:
    """Groups in an order that depends on their contents only, not on names or folders."""
    found: dict[str, Group] = defaultdict(list)
    for photo in photos:
        found[photo.group or f"{photo.sha256} {photo.path}"].append(photo)
    return sorted(found.values(), key=lambda group: sorted((p.sha256, p.path) for p in group))


def _choose(groups: list[Group], share: float, rng: np.random.Generator) -> set[str]:
    total = Counter(photo.label for group in groups for photo in group)
    wanted = {label: _quota(count, share) for label, count in total.items()}
    taken: Counter[str] = Counter()
    chosen: set[str] = set()
    order = [groups[index] for index in rng.permutation(len(groups))]
    # Large groups first, while they still fit; the sort keeps the drawn order among equals.
    for group in sorted(order, key=len, reverse=True):
        counts = Counter(photo.label for photo in group)
        if all(taken[label] + n <= wanted[label] for label, n in counts.items()):
            taken.update(counts)
            chosen.update(photo.path for photo in group)
    return chosen | _at_least_one(order, taken, total)


def _quota(count: int, share: float) -> int:
    return min(max(1, round(count * share)), count - 1)


def _at_least_one(order: list[Group], taken: Counter[str], total: Counter[str]) -> set[str]:
    """The smallest group of each class that got nothing, because all its groups are too large."""
    added: set[str] = set()
    for label in total:
        holders = [g for g in order if any(p.label == label for p in g)]
        if not taken[label] and len(holders) > 1:
            smallest = min(holders, key=len)
            added.update(photo.path for photo in smallest)
            taken.update(photo.label for photo in smallest)
    return added


def _check(dataset: Dataset) -> None:
    counts = dataset.counts()
    gaps = [
        f"{name} has no photo in {split}"
        for split in SPLITS
        for name in dataset.classes
        if not counts.get(split, {}).get(name)
    ]
    if gaps:
        raise DatasetError(
            f"The photos cannot be shared out: {'; '.join(gaps)}",
            where=dataset.root,
            allowed="every class in training, validation and test, and no group in two of them",
            hint="Add photos of other parts of this class, or correct the split.",
        )
