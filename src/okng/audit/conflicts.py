"""One photo with two labels."""

from collections.abc import Iterator

from okng.audit.findings import Conflict
from okng.dataset import Dataset, Photo


def label_conflicts(dataset: Dataset) -> Iterator[Conflict]:
    """Byte-identical photos that lie in folders of different classes."""
    first: dict[str, Photo] = {}
    for photo in dataset.photos:
        original = first.setdefault(photo.sha256, photo)
        if original.label != photo.label:
            yield Conflict(
                a=original.path, b=photo.path, label_a=original.label, label_b=photo.label
            )
