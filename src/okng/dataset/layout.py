"""Folders, or a manifest, as users have them -> a data set.

Nothing is decoded here, and no split is made.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from okng.dataset.classes import find_ok_class, order_classes
from okng.dataset.records import Dataset, Photo, Unreadable
from okng.dataset.tables import read_table
from okng.errors import DatasetError
from okng.preprocess import PHOTO_SUFFIXES

MIN_PHOTOS_PER_CLASS = 3
SPLIT_NAMES = {
    "train": "train", "training": "train", "val": "val", "valid": "val", "validation": "val",
    "test": "test", "testing": "test",
}  # fmt: skip
_ACCEPTED = (
    "PHOTOS/<class>/*.jpg, or PHOTOS/{train,val,test}/<class>/*.jpg, or MVTec style "
    "(train/good, test/<defect>), or a CSV or Parquet manifest with path,label[,group,split]"
)


def find_photos(source: Path | str, *, ok: str | None = None, no_ok: bool = False) -> Dataset:
    """Find all photos of a folder or manifest, and the class of each.

    MVTec's own split cannot teach a classifier, for its train folder holds no defect: such photos
    come without a split, and `ground_truth` is left out.

    Args:
        source: a folder in one of the known layouts, or a manifest file.
        ok: name of the OK class; recognised by its name when left out.
        no_ok: there is no OK class.

    Raises:
        DatasetError: nothing usable, one class only, too few photos of a class, no OK class.
    """
    source = Path(source)
    if not source.exists():
        raise DatasetError(
            "There is no such folder or file", where=source, allowed=_ACCEPTED, hint="Check PHOTOS."
        )
    denied: list[Unreadable] = []
    if source.is_dir():
        root, photos = source, _in_folders(source, denied)
    else:
        root, photos = source.parent, read_table(source)
    if not photos:
        raise _nothing(source, denied)
    _check_classes(photos, source)
    ok_class = find_ok_class({photo.label for photo in photos}, ok, no_ok=no_ok)
    classes = order_classes((photo.label for photo in photos), ok_class)
    ordered = tuple(sorted(photos, key=lambda photo: photo.path))
    return Dataset(root, ordered, classes, ok_class, tuple(denied))


def check_counts(dataset: Dataset) -> None:
    """Refuse classes that are too small to be shared out.

    Raises:
        DatasetError: names each such class, how many photos are needed, and why.
    """
    labels = [photo.label for photo in dataset.photos]
    few = {name: labels.count(name) for name in dataset.classes}
    few = {name: count for name, count in few.items() if count < MIN_PHOTOS_PER_CLASS}
    if few:
        found = ", ".join(f"{name} has {count}" for name, count in few.items())
        reasons = "".join(f"\n  - {u.path}: {u.reason}" for u in dataset.unreadable[:10])
        raise DatasetError(
            f"Too few photos of a class: {found}"
            + (f"\nThese could not be read:{reasons}" if reasons else ""),
            where=dataset.root,
            allowed=f"at least {MIN_PHOTOS_PER_CLASS} of each class: one each to learn from, to "
            "choose the threshold by, and to test on; figures mean something from about 60 on",
            hint="Add photos of this class, or leave the class out.",
        )


def _in_folders(root: Path, denied: list[Unreadable]) -> list[Photo]:
    folders = [name for name in _entries(root, root, denied) if (root / name).is_dir()]
    splits = {name: SPLIT_NAMES[name.lower()] for name in folders if name.lower() in SPLIT_NAMES}
    if not splits:
        return [p for name in folders for p in _photos(root, root / name, name, "", denied)]
    found: list[Photo] = []
    for folder, split in splits.items():
        for label in _entries(root, root / folder, denied):
            found += _photos(root, root / folder / label, label, split, denied)
    return _unsplit(found) if _is_mvtec(found) else found


def _is_mvtec(photos: list[Photo]) -> bool:
    learned = {photo.label for photo in photos if photo.split == "train"}
    return len(learned) == 1 and len({photo.label for photo in photos}) > 1


def _unsplit(photos: list[Photo]) -> list[Photo]:
    return [Photo(photo.path, photo.label) for photo in photos]


def _photos(
    root: Path, folder: Path, label: str, split: str, denied: list[Unreadable]
) -> Iterator[Photo]:
    if not folder.is_dir():
        return
    for path in _walk(root, folder, denied, frozenset()):
        yield Photo(path.relative_to(root).as_posix(), label, split=split)


def _walk(
    root: Path, folder: Path, denied: list[Unreadable], above: frozenset[Path]
) -> Iterator[Path]:
    """Photos at any depth; a link back to a folder above is not followed."""
    real = folder.resolve()
    if real in above:
        return
    for name in _entries(root, folder, denied):
        path = folder / name
        if path.is_dir():
            yield from _walk(root, path, denied, above | {real})
        elif path.suffix.lower() in PHOTO_SUFFIXES:
            yield path


def _entries(root: Path, folder: Path, denied: list[Unreadable]) -> list[str]:
    try:
        return sorted(name for name in os.listdir(folder) if not name.startswith("."))
    except NotADirectoryError:
        return []
    except OSError as exc:
        place = folder.relative_to(root).as_posix()
        denied.append(Unreadable(place, f"the folder cannot be read: {exc.strerror}"))
        return []


def _nothing(source: Path, denied: list[Unreadable]) -> DatasetError:
    reasons = "".join(f"\n  - {found.path}: {found.reason}" for found in denied)
    return DatasetError(
        f"No photos were found in folders that name their class{reasons}",
        where=source,
        allowed=_ACCEPTED,
        hint="Sort the photos into one folder per class.",
    )


def _check_classes(photos: list[Photo], source: Path) -> None:
    names = {photo.label for photo in photos}
    if len(names) < 2:
        raise DatasetError(
            f"There is only one class: {', '.join(names)}",
            where=source,
            allowed=_ACCEPTED,
            hint="Add a folder with photos of the other kind: a classifier learns the difference.",
        )
