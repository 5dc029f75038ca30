"""Folders below the class folders: harmless, or the classes themselves."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from okng.dataset.classes import looks_like_class
from okng.dataset.naming import Sense, sense, spelling_key
from okng.dataset.tree.scanning import Folder
from okng.dataset.tree.splits import split_of
from okng.errors import DatasetError

_SHOWN = 6
_GOOD, _BAD = {Sense.GOOD, Sense.PERHAPS}, {Sense.BAD, Sense.FAULTY}


def descend(tree: Folder) -> Folder:
    """The folder that holds the classes or splits, where it lies alone within others.

    An archive is often unpacked into a folder of its own name. Only what is plainly a level of
    classes or splits is gone down to.
    """
    folder = tree
    while not folder.photos and len(inside := folder.filled()) == 1:
        if _is_level(folder):
            break
        folder = inside[0]
    return folder if _is_level(folder) else tree


def refuse_nested(classes: Mapping[str, Sequence[Folder]], root: Path) -> None:
    """Refuse class folders whose own folders are likely the classes.

    Folders below one class are harmless: days, cameras, parts. They are not where they bear names
    of classes or splits, or where several classes hold folders of the same name.

    Raises:
        DatasetError: names these folders, and the way out.
    """
    strange = _strange(classes)
    if not strange:
        return
    above = sorted({path.rpartition("/")[0] for path in strange if "/" in path})
    more = f" and {len(strange) - _SHOWN} more" if len(strange) > _SHOWN else ""
    raise DatasetError(
        f"Folders below the class folders {', '.join(map(repr, sorted(classes)[:_SHOWN]))} look "
        f"like classes or splits: {', '.join(strange[:_SHOWN])}{more}",
        where=root,
        allowed="the folder that holds the class folders, or that holds train, val and test; "
        "folders below a class folder are taken for parts, days or cameras of that class",
        hint=f"Give one of them ({', '.join(str(root / path) for path in above[:2])}), move "
        "photos of one class into one folder, or write a manifest path,label.",
    )


def _is_level(folder: Folder) -> bool:
    """Whether the folders in one are classes or splits by their names."""
    names = [inside.name for inside in folder.filled()]
    return any(looks_like_class(name) or split_of(name) for name in names)


def _strange(classes: Mapping[str, Sequence[Folder]]) -> list[str]:
    """Paths of folders below the classes that make the labels doubtful."""
    named: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    telling = []
    for label, folders in classes.items():
        for folder in folders:
            for below in folder.below():
                if not below.count():
                    continue
                if _is_another_class(below.name, label):
                    telling.append(below.path)
                named[spelling_key(below.name)][label].append(below.path)
    if telling:
        return sorted(telling)
    plain = any(sense(name) is Sense.GOOD for name in classes) and all(
        sense(name) in {Sense.GOOD, Sense.BAD} for name in classes
    )
    if plain:
        return []
    repeated = {name: where for name, where in named.items() if len(where) > 1}
    return sorted(
        path
        for name, where in repeated.items()
        if sense(name) is not Sense.NEUTRAL
        for paths in where.values()
        for path in paths
    )


def _is_another_class(name: str, label: str) -> bool:
    """Whether a folder below a class bears the name of a split, or of a class unlike it."""
    if split_of(name):
        return True
    if not looks_like_class(name) or spelling_key(name) == spelling_key(label):
        return False
    own, below = sense(label), sense(name)
    return not any(own in alike and below in alike for alike in (_GOOD, _BAD))
