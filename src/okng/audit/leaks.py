"""Leakage: groups with photos on both sides of a split."""

from collections.abc import Iterator

from okng.audit.findings import Pair
from okng.dataset import Dataset, Photo


def leaks(dataset: Dataset) -> Iterator[Pair]:
    """Each photo of validation or test whose group is in training, beside one of training."""
    trained: dict[str, Photo] = {}
    for photo in dataset.photos:
        if photo.split == "train" and photo.group:
            trained.setdefault(photo.group, photo)
    for photo in dataset.photos:
        if photo.split in {"val", "test"} and photo.group in trained:
            yield Pair(a=photo.path, b=trained[photo.group].path, score=1.0)
