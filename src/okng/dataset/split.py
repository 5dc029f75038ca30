"""Assigns photos to training, validation and test: stratified by class, whole groups only."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from okng.dataset.records import SPLITS, Dataset, Photo
from okng.error_codes import Code
from okng.errors import DatasetError

Group = list[Photo]


def new_split(dataset: Dataset) -> Dataset:
    """Remove the split that the photos were given."""
    return replace(dataset, photos=tuple(replace(photo, split="") for photo in dataset.photos))


def repair_split(dataset: Dataset) -> Dataset:
    """Drop training photos of parts in validation or test, and validation photos of parts in test.

    Raises:
        DatasetError: less than half of the training photos of a class would be left.
    """
    test = {photo.group for photo in dataset.photos if photo.group and photo.split == "test"}
    val = {photo.group for photo in dataset.photos if photo.group and photo.split == "val"}
    barred = {"train": test | val, "val": test}
    remaining = tuple(p for p in dataset.photos if p.group not in barred.get(p.split, set()))
    result = replace(dataset, photos=remaining)
    before, after = (d.counts().get("train", {}) for d in (dataset, result))
    poor = [
        f"{after.get(name, 0)} of {before[name]} photos of {name}"
        for name in dataset.classes
        if after.get(name, 0) < before.get(name, 0) / 2
    ]
    if poor:
        raise DatasetError(
            f"Repairing the split would leave too few training photos: {', '.join(poor)}",
            where=dataset.root,
            allowed="at least half of the training photos of each class",
            hint="Use `data.split` new: it draws a new split of the same photos, with each "
            "part in one "
            "split only.",
            code=Code.PHOTOS_SPLIT,
        )
    return result


def make_folds(dataset: Dataset, count: int, *, validation: float, seed: int) -> list[Dataset]:
    """Assign photos to folds, each photo to one test: stratified by class, whole groups only.

    Own code in place of `sklearn.model_selection.StratifiedGroupKFold`: a class keeps a group for
    every later fold, and scikit-learn is an extra that a data set does not require.

    Args:
        dataset: photos with digests and groups; their splits are ignored.
        count: number of folds, at least 2.
        validation: fraction of all photos, in (0, 1), taken from the rest of each fold.
        seed: seeds the draw, together with the contents of the photos.

    Raises:
        DatasetError: a class has too few groups for so many folds.
    """
    # Rare types are trained on in every fold, so they are not in the draw.
    left, tests = [p for p in new_split(dataset).photos if not _stays(dataset, p)], []
    if dataset.all_rare:
        # Types that are all rare are one class; drawn by type, a fold could lack defects.
        left = [replace(p, label=dataset.class_of(p.label)) for p in left]
    for fold in range(count):
        groups = _groups(left)
        rng = np.random.default_rng((seed, fold))
        # Of what is left, so that every fold gets 1 / count of all photos.
        chosen = _choose(groups, 1 / (count - fold), rng, reserve=count - fold - 1)
        tests.append(chosen)
        left = [photo for photo in left if photo.path not in chosen]
    # Remainders of rounding go to the last fold, as every photo must be in one test.
    tests[-1] |= {photo.path for photo in left}
    _check_folds(dataset, tests)
    folds = []
    for chosen in tests:
        photos = tuple(
            replace(p, split="test" if p.path in chosen else "train") for p in dataset.photos
        )
        part = replace(dataset, photos=photos)
        # `validation` is a fraction of all photos, here one of the training photos is needed.
        share = validation * count / (count - 1)
        folds.append(assign_splits(part, validation=share, test=1 / count, seed=seed))
    return folds


def assign_splits(dataset: Dataset, *, validation: float, test: float, seed: int) -> Dataset:
    """Assign a split to every photo that has none.

    Given splits stay as they are, even if a part is in two of them: the audit reports that. A
    photo without a split gets the split of its group, and otherwise goes to training. If no test
    is given, the fraction `test` of the training photos becomes one. If no validation is given,
    it is taken from training: `validation` of all photos, or of the training photos if a test is
    given.

    Args:
        dataset: photos with digests and groups.
        validation: fraction, in (0, 1).
        test: fraction, in (0, 1).
        seed: seeds the draw, together with the contents of the photos.

    Raises:
        DatasetError: a class is missing in a split.
    """
    splits = {photo.split for photo in dataset.photos}
    photos = _fill(dataset.photos)
    # Each class keeps a group for training, and one for validation if that is drawn later.
    if "test" not in splits:
        photos = _move(dataset, photos, "test", test, seed, reserve=1 if "val" in splits else 2)
    if "val" not in splits:
        # The test was taken away before, so the same number of photos is a larger fraction.
        share = validation if "test" in splits else validation / (1 - test)
        photos = _move(dataset, photos, "val", share, seed + 1, reserve=1)
    if dataset.ok_class is None:
        photos = [replace(p, split="") if p.label in dataset.rare else p for p in photos]
    result = replace(dataset, photos=tuple(photos))
    _check(result)
    return result


def _fill(photos: Iterable[Photo]) -> list[Photo]:
    photos = list(photos)
    given = {photo.group: photo.split for photo in photos if photo.group and photo.split}
    return [replace(p, split=p.split or given.get(p.group, "train")) for p in photos]


def _stays(dataset: Dataset, photo: Photo) -> bool:
    """Whether a photo is of a rare type, which is trained on but neither validated nor tested."""
    return photo.label in dataset.rare and not dataset.all_rare


def _move(
    dataset: Dataset, photos: list[Photo], split: str, share: float, seed: int, *, reserve: int
) -> list[Photo]:
    """Move whole groups from training to a split, until each class has its fraction there.

    Groups with a photo of a rare type stay. Where all types are rare, they move as one class.
    """
    named = [replace(p, label=dataset.class_of(p.label)) if dataset.all_rare else p for p in photos]
    groups = [
        group
        for group in _groups(photo for photo in named if photo.split == "train")
        if not any(_stays(dataset, photo) for photo in group)
    ]
    chosen = _choose(groups, share, np.random.default_rng(seed), reserve)
    return [
        replace(p, split=split) if p.split == "train" and p.path in chosen else p for p in photos
    ]


def _groups(photos: Iterable[Photo]) -> list[Group]:
    """Groups in an order that depends on the photos, not on the file system."""
    groups: dict[tuple[str, str], Group] = defaultdict(list)
    for photo in photos:
        groups["group" if photo.group else "alone", photo.group or photo.path].append(photo)
    return sorted(groups.values(), key=lambda group: sorted((p.sha256, p.path) for p in group))


def _choose(groups: list[Group], share: float, rng: np.random.Generator, reserve: int) -> set[str]:
    """Paths of groups whose photos make up the fraction `share` of each class.

    First pass: groups in random order, each if it fits, so that large groups are about as likely
    to be moved as small ones. Second pass: the other groups by ascending size, each if it brings
    the counts nearer to their targets; a count then misses its target by at most half of the
    smallest group that could have been added. `reserve` groups of each class stay.
    """
    drawn = [groups[index] for index in rng.permutation(len(groups))]
    sizes = [Counter(photo.label for photo in group) for group in drawn]  # photos by class
    left = Counter(label for counts in sizes for label in counts)  # groups by class, not photos
    missing = {label: max(1, round(n * share)) for label, n in sum(sizes, Counter()).items()}
    chosen: list[int] = []

    def take(number: int) -> None:
        chosen.append(number)
        left.subtract(sizes[number].keys())
        for label, count in sizes[number].items():
            missing[label] -= count

    # First pass: random order, only groups that fit.
    for number, counts in enumerate(sizes):
        if all(n <= missing[name] and left[name] > reserve for name, n in counts.items()):
            take(number)
    # Second pass: by ascending size, groups that reduce the distance to the targets.
    for number in sorted(set(range(len(drawn))) - set(chosen), key=lambda n: len(drawn[n])):
        counts = sizes[number]
        gain = sum(abs(missing[name]) - abs(missing[name] - n) for name, n in counts.items())
        if gain > 0 and all(left[name] > reserve for name in counts):
            take(number)
    # A class without any group yet gets its smallest one: better too many photos than none.
    for label in sorted(missing):
        if not any(label in sizes[number] for number in chosen) and left[label] > reserve:
            take(min((n for n, c in enumerate(sizes) if label in c), key=lambda n: len(drawn[n])))
    return {photo.path for number in chosen for photo in drawn[number]}


def _check_folds(dataset: Dataset, tests: Sequence[set[str]]) -> None:
    tested = [
        {dataset.class_of(photo.label) for photo in dataset.photos if photo.path in test}
        for test in tests
    ]
    parts = {
        name: len(_groups(p for p in dataset.photos if dataset.class_of(p.label) == name))
        for name in dataset.classes
        if not all(name in labels for labels in tested)
    }
    if parts:
        counts = ", ".join(f"{name} has {number}" for name, number in parts.items())
        raise DatasetError(
            f"There are too few parts for {len(tests)} folds: {counts}",
            where=dataset.root,
            allowed="a part of each class in the test of each fold",
            hint="Ask for fewer folds, or add photos of other parts.",
            code=Code.PHOTOS_SPLIT,
        )


def _check(dataset: Dataset) -> None:
    there = {
        (photo.split, dataset.class_of(photo.label))
        for photo in dataset.photos
        if not _stays(dataset, photo)
    }
    gaps = [
        f"{name} has no photo in {split}"
        for split in SPLITS
        for name in dataset.classes
        if (split, name) not in there
    ]
    if gaps:
        raise DatasetError(
            f"The photos cannot be split: {'; '.join(gaps)}",
            where=dataset.root,
            allowed="every class in training, validation and test, and no group in two of them",
            hint="Add photos of other parts of this class, or correct the given split "
            "(`data.split` new draws another).",
            code=Code.PHOTOS_SPLIT,
        )
