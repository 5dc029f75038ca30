"""Byte-identical photos: each copy against the first of its kind."""

from okng.audit.findings import Pair
from okng.dataset import Dataset, Photo


def exact_duplicates(dataset: Dataset) -> list[Pair]:
    """Pairs of photos with the same bytes."""
    first: dict[str, Photo] = {}
    pairs = [(first.setdefault(photo.sha256, photo), photo) for photo in dataset.photos]
    return [Pair(a=a.path, b=b.path, score=1.0) for a, b in pairs if a is not b]
