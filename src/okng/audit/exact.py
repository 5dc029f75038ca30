"""Byte-identical photos: each copy against the first of its kind."""

from collections.abc import Iterator

from okng.audit.findings import Pair
from okng.dataset import Dataset, Photo


def exact_duplicates(dataset: Dataset) -> Iterator[Pair]:
    """Pairs of photos with the same bytes."""
    first: dict[str, Photo] = {}
    for photo in dataset.photos:
        original = first.setdefault(photo.sha256, photo)
        if original is not photo:
            yield Pair(a=original.path, b=photo.path, score=1.0)
