"""Folders below the class folders: subdivisions of a class, or the classes themselves."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from okng.dataset.classes import is_class_name
from okng.dataset.naming import Sense, sense, spelling_key
from okng.dataset.tree.scanning import Folder
from okng.dataset.tree.splits import split_of
from okng.error_codes import Code
from okng.errors import DatasetError

_SHOWN = 6  # folders that an error lists
_GOOD, _BAD = {Sense.GOOD, Sense.PERHAPS}, {Sense.BAD, Sense.FAULTY}


def descend(tree: Folder) -> Folder:
    """The folder of the classes or splits, below folders that contain only one folder each.

    An archive is often unpacked into a folder of its own name. The search stops at the first
    folder whose subfolders have names of classes or splits; without one, `tree` is returned.
    """
    folder = tree
    while not folder.photos and len(inside := folder.filled()) == 1:
        if _is_level(folder):
            break
        folder = inside[0]
    return folder if _is_level(folder) else tree


def refuse_nested(classes: Mapping[str, Sequence[Folder]], root: Path) -> None:
    """Refuse class folders whose subfolders are likely the classes.

    Subfolders of a class are accepted: days, cameras, parts. They are refused if their names are
    those of classes or splits, or if several classes have subfolders of the same name.

    Raises:
        DatasetError: with these folders, and what to do.
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
        "folders below a class folder count as parts, days or cameras of that class",
        hint=f"Give one of them ({', '.join(str(root / path) for path in above[:2])}), move "
        "photos of one class into one folder, or write a manifest path,label.",
        code=Code.PHOTOS_LAYOUT,
    )


def _is_level(folder: Folder) -> bool:
    """Whether any subfolder has the name of a class or of a split."""
    names = [inside.name for inside in folder.filled()]
    return any(is_class_name(name) or split_of(name) for name in names)


def _strange(classes: Mapping[str, Sequence[Folder]]) -> list[str]:
    """Paths of folders below the class folders that make the labels ambiguous."""
    named: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    contradicting = []
    for label, folders in classes.items():
        for folder in folders:
            for below in folder.below():
                if not below.count():
                    continue
                if _is_another_class(below.name, label):
                    contradicting.append(below.path)
                named[spelling_key(below.name)][label].append(below.path)
    if contradicting:
        return sorted(contradicting)
    # With unmistakable class names (ok, ng), equal subfolder names are days or cameras.
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
    """Whether a folder below a class has the name of a split, or of a different class."""
    if split_of(name):
        return True
    if not is_class_name(name) or spelling_key(name) == spelling_key(label):
        return False
    own, below = sense(label), sense(name)
    return not any(own in alike and below in alike for alike in (_GOOD, _BAD))
