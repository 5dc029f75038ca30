"""Checks that each class has enough photos for training, validation and test."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from okng.dataset.records import Dataset, Unreadable
from okng.error_codes import Code
from okng.errors import DatasetError
from okng.wording import Sentence, sentence

MIN_PHOTOS_PER_CLASS = 3
"""Photos per class that an audit needs: one for each split."""
FEWEST_PHOTOS = 6
"""Photos per class that a training needs: two for each split."""
FEWEST_PARTS = 3
"""Parts per class that a training needs: one for each split, as no part may be in two of them."""
_ADVISED = 60
"""Photos per class to recommend. A test of 12 of them (20 %) without an error still admits an error
rate of 22 % (one-sided 95 %, Clopper-Pearson); with fewer photos a metric means next to nothing."""
_SHOWN = 10  # unreadable files that an error lists
JOINED = "defective"
"""Name of the class that combines all defect types where each of them is too rare."""


def check_enough(dataset: Dataset) -> None:
    """Refuse classes with too few photos or parts for a meaningful metric; all of them at once.

    Args:
        dataset: photos with groups, as far as parts are known.

    Raises:
        DatasetError: with the counts of each such class, what is needed, and why.
    """
    poor = [fault for name in dataset.classes for fault in _faults(dataset, name)]
    if poor:
        listed = "".join(f"\n  - {fault}" for fault in poor)
        raise DatasetError(
            f"There are too few photos to train and to test:{listed}",
            where=dataset.root,
            allowed=f"{FEWEST_PHOTOS} photos of {FEWEST_PARTS} different parts of each class: one "
            "part for training, one for validation, one for the test, as no part may be in two "
            "of them",
            hint=f"Take {_ADVISED} photos or more of different parts: {FEWEST_PHOTOS} are enough "
            "to run okng, but a test with one or two parts is no evidence.",
            code=Code.PHOTOS_TOO_FEW,
        )


def _faults(dataset: Dataset, name: str) -> list[str]:
    own = [photo for photo in dataset.photos if dataset.class_of(photo.label) == name]
    parts = len({photo.group or photo.path for photo in own})
    if len(own) < FEWEST_PHOTOS:
        return [f"{name} has {len(own)} photos; {FEWEST_PHOTOS} are needed"]
    if parts < FEWEST_PARTS:
        return [f"the {len(own)} photos of {name} show {parts} parts; {FEWEST_PARTS} are needed"]
    return []


def set_rare_aside(dataset: Dataset) -> Dataset:
    """Take defect types with too few photos or parts out of the classes.

    Their photos stay and are trained on as defective. Where all types are rare, they become one
    class together. Without an OK class their photos get no split and are not trained on.

    Args:
        dataset: photos with groups, as far as parts are known.

    Returns:
        The same photos with `rare` set. Unchanged where no type is rare, and where too few classes
        would be left, which `check_enough` refuses.
    """
    rare = tuple(name for name in dataset.classes
                 if name != dataset.ok_class and _faults(dataset, name))  # fmt: skip
    rest = tuple(name for name in dataset.classes if name not in rare)
    if not rare:
        return dataset
    if dataset.ok_class is None:
        return replace(dataset, classes=rest, rare=rare) if len(rest) > 1 else dataset
    if rest != (dataset.ok_class,):
        return replace(dataset, classes=rest, rare=rare)
    # All types are rare: together they may be enough for one class. A single type stays as it is.
    joined = replace(dataset, classes=(dataset.ok_class, JOINED), rare=rare)
    return dataset if len(rare) == 1 or _faults(joined, JOINED) else joined


def rare_types(dataset: Dataset) -> Sentence | None:
    """The rare types, and how their photos are used; None where there are none."""
    if not dataset.rare:
        return None
    counts = [(name, sum(p.label == name for p in dataset.photos)) for name in dataset.rare]
    use = "left_out" if dataset.ok_class is None else "defective"
    return sentence(f"rare_types_{use}", types=counts)


def check_counts(dataset: Dataset, fewest: int = MIN_PHOTOS_PER_CLASS) -> None:
    """Refuse classes with too few photos to be split.

    Raises:
        DatasetError: with each such class, the number of photos needed, and why.
    """
    labels = Counter(photo.label for photo in dataset.photos)
    few = {name: labels[name] for name in dataset.classes if labels[name] < fewest}
    if few and not _only_rare(dataset, labels, few, fewest):
        small_classes = ", ".join(f"{name} has {count}" for name, count in few.items())
        raise DatasetError(
            f"Too few photos of a class: {small_classes}{unreadable_in_words(dataset.unreadable)}",
            where=dataset.root,
            allowed=f"at least {fewest} photos of each class to be audited, and "
            f"{FEWEST_PHOTOS} photos of {FEWEST_PARTS} different parts of each to be trained on; "
            f"metrics are meaningful from about {_ADVISED} photos on",
            hint="Save those that cannot be read as JPEG or PNG, or add photos of this class."
            if dataset.unreadable
            else "Add photos of this class, or leave the class out.",
            code=Code.PHOTOS_TOO_FEW,
        )


def _only_rare(dataset: Dataset, labels: Counter[str], few: dict[str, int], fewest: int) -> bool:
    """Whether only defect types are small, and the others, or all together, are large enough."""
    types = [name for name in dataset.classes if name != dataset.ok_class]
    if dataset.ok_class in few or min(few.values()) == 0 or len(types) < 2:
        return False
    if dataset.ok_class is None:
        return len(types) - len(few) >= 2
    return sum(labels[name] for name in types) >= fewest


def unreadable_in_words(unread: Sequence[Unreadable]) -> str:
    """Paths and reasons of the first unreadable files, as lines below an error; "" if none."""
    if not unread:
        return ""
    lines = [f"\n  - {item.path}: {item.reason}" for item in unread[:_SHOWN]]
    more = f"\n  - and {len(unread) - _SHOWN} more" if len(unread) > _SHOWN else ""
    return "\nThese files cannot be used:" + "".join(lines) + more
