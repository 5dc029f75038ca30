"""Whether there are photos enough of each class to learn from, to choose by, and to test."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from okng.dataset.records import Dataset, Unreadable
from okng.errors import DatasetError

MIN_PHOTOS_PER_CLASS = 3
FEWEST_PHOTOS = 6
_SHOWN = 10
FEWEST_PARTS = 3
_ADVISED = 60
JOINED = "defective"
"""Name of the class that types make up which are all too rare to be told apart."""


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
    own = [photo for photo in dataset.photos if dataset.class_of(photo.label) == name]
    parts = len({photo.group or photo.path for photo in own})
    if len(own) < FEWEST_PHOTOS:
        return [f"{name} has {len(own)} photos; {FEWEST_PHOTOS} are needed"]
    if parts < FEWEST_PARTS:
        return [f"the {len(own)} photos of {name} show {parts} parts; {FEWEST_PARTS} are needed"]
    return []


def set_rare_aside(dataset: Dataset) -> Dataset:
    """Take types of defects with too few photos or parts out of the classes.

    Their photos stay and teach as defective. Where all types are so rare, they become one class
    together. Without an OK class there is nothing that they could teach: they get no split.

    Args:
        dataset: photos with groups, as far as parts are known.

    Returns:
        The same photos with `rare` filled in; unchanged where nothing is rare, and where too
        little would be left, which `check_enough` refuses.
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
    joined = replace(dataset, classes=(dataset.ok_class, JOINED), rare=rare)
    return dataset if len(rare) == 1 or _faults(joined, JOINED) else joined


def rare_in_words(dataset: Dataset) -> str:
    """Which types are too rare, and what becomes of them; empty where none is."""
    if not dataset.rare:
        return ""
    counts = [sum(photo.label == name for photo in dataset.photos) for name in dataset.rare]
    named = ", ".join(
        f"{name} ({count} photo{'s' if count != 1 else ''})"
        for name, count in zip(dataset.rare, counts, strict=True)
    )
    fate = "are left out" if dataset.ok_class is None else "teach as defective"
    return f"Too few to be told apart or tested: {named}. These photos {fate}."


def check_counts(dataset: Dataset, fewest: int = MIN_PHOTOS_PER_CLASS) -> None:
    """Refuse classes that are too small to be shared out.

    Raises:
        DatasetError: names each such class, how many photos are needed, and why.
    """
    labels = Counter(photo.label for photo in dataset.photos)
    few = {name: labels[name] for name in dataset.classes if labels[name] < fewest}
    if few and not _only_rare(dataset, labels, few, fewest):
        found = ", ".join(f"{name} has {count}" for name, count in few.items())
        raise DatasetError(
            f"Too few photos of a class: {found}{unreadable_in_words(dataset.unreadable)}",
            where=dataset.root,
            allowed=f"at least {fewest} photos of each class to be audited, and "
            f"{FEWEST_PHOTOS} photos of {FEWEST_PARTS} different parts of each to be trained on; "
            "figures mean something from about 60 on",
            hint="Save those that cannot be read as JPEG or PNG, or add photos of this class."
            if dataset.unreadable
            else "Add photos of this class, or leave the class out.",
        )


def _only_rare(dataset: Dataset, labels: Counter[str], few: dict[str, int], fewest: int) -> bool:
    """Whether types of defects alone are small, and others, or all together, are large enough."""
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
    return "\nThese could not be used:" + "".join(lines) + more
