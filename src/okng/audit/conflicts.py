"""One photo with two labels."""

from okng.audit.findings import Conflict
from okng.dataset import Dataset, Photo


def label_conflicts(dataset: Dataset) -> list[Conflict]:
    """Byte-identical photos that lie in folders of different classes."""
    first: dict[str, Photo] = {}
    pairs = [(first.setdefault(photo.sha256, photo), photo) for photo in dataset.photos]
    return [
        Conflict(a=a.path, b=b.path, label_a=a.label, label_b=b.label)
        for a, b in pairs
        if a.label != b.label
    ]
