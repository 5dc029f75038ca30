"""Leakage: groups with photos on both sides of a split."""

from okng.audit.findings import Pair
from okng.dataset import Dataset, Photo


def leaks(dataset: Dataset) -> list[Pair]:
    """Each photo of validation or test whose group was seen before.

    Validation is compared with training; the test with training, then with validation, for the
    threshold is chosen there.
    """
    seen: dict[str, Photo] = {}
    found: list[Pair] = []
    for split in ("train", "val", "test"):
        photos = [photo for photo in dataset.photos if photo.split == split and photo.group]
        found += [
            Pair(a=photo.path, b=seen[photo.group].path, score=1.0)
            for photo in photos
            if photo.group in seen
        ]
        for photo in photos:
            seen.setdefault(photo.group, photo)
    return found
