"""Whether there are photos enough of each class to learn from, to choose by, and to test."""

from okng.dataset.records import Dataset
from okng.errors import DatasetError

FEWEST_PHOTOS = 6
FEWEST_PARTS = 3
_ADVISED = 60


def check_enough(dataset: Dataset) -> None:
    """Refuse classes that no honest figure can be worked out for; all of them at once.

    Args:
        dataset: photos with groups, as far as parts are known.

    Raises:
        DatasetError: says of each poor class what it has, what is needed, and why.
    """
    poor = [fault for name in dataset.classes for fault in _faults(dataset, name)]
    if poor:
        listed = "".join(f"\n  - {fault}" for fault in poor)
        raise DatasetError(
            f"There is too little to learn from and to test:{listed}",
            where=dataset.root,
            allowed=f"{FEWEST_PHOTOS} photos of {FEWEST_PARTS} different parts of each class: one "
            "part to learn from, one to choose the threshold by, one to test, as no part may be "
            "in two of them",
            hint=f"Take {_ADVISED} photos or more of different parts: with {FEWEST_PHOTOS} okng "
            "runs, but a test of one or two parts proves nothing.",
        )


def _faults(dataset: Dataset, name: str) -> list[str]:
    own = [photo for photo in dataset.photos if photo.label == name]
    parts = len({photo.group or photo.path for photo in own})
    if len(own) < FEWEST_PHOTOS:
        return [f"{name} has {len(own)} photos; {FEWEST_PHOTOS} are needed"]
    if parts < FEWEST_PARTS:
        return [f"the {len(own)} photos of {name} show {parts} parts; {FEWEST_PARTS} are needed"]
    return []
