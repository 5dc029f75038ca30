"""Manifests that lie elsewhere than the photos."""

from dataclasses import replace
from pathlib import Path

from okng.dataset import Dataset, Photo, write_manifest


def write_beside(dataset: Dataset, target: Path) -> Path:
    """Write a manifest whose paths are relative to its own folder, as `okng train` takes them."""
    home = target.resolve().parent
    photos = tuple(_moved(photo, dataset.root, home) for photo in dataset.photos)
    write_manifest(replace(dataset, root=home, photos=photos), target)
    return target


def _moved(photo: Photo, root: Path, home: Path) -> Photo:
    path = root.resolve() / photo.path
    inside = path.is_relative_to(home)
    return replace(photo, path=(path.relative_to(home) if inside else path).as_posix())
