"""From what a user names on the command line to the photos that are meant."""

import glob
import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from okng.dataset.left_out import in_words
from okng.dataset.records import LeftOut, Reason
from okng.dataset.tree import is_photo_name, scan
from okng.dataset.tree.system import is_system
from okng.error_codes import Code
from okng.errors import DatasetError
from okng.preprocess import PHOTO_SUFFIXES


class NamedPhoto(NamedTuple):
    """A photo to judge, and a short name for files made from it."""

    path: Path
    name: Path


@dataclass
class Named:
    """What a user named.

    Attributes:
        photos: in order; no two of different paths have the same short name.
        left_out: files in folders and patterns that are no photos.
    """

    photos: list[NamedPhoto] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


def find_named(arguments: Path | str | Iterable[Path | str]) -> Named:
    """Photos named by files, folders (searched to any depth) and glob patterns, in order.

    A file that is named directly is taken whatever its suffix; whether it is a photo shows later.
    A folder that cannot be read is taken, too: it gets the verdict ERROR instead of none.

    Raises:
        DatasetError: there is no photo; names what lies there.
    """
    several = [arguments] if isinstance(arguments, Path | str) else arguments
    names = list(map(str, several))
    named = Named()
    for argument in names:
        _expand(argument, named)
    if not named.photos:
        left_out = in_words(named.left_out)
        raise DatasetError(
            "No photo was found" + (f"; left out: {left_out}" if left_out else ""),
            where=", ".join(names),
            allowed=f"files, folders or patterns of {', '.join(sorted(PHOTO_SUFFIXES))}",
            hint="Check the path.",
            code=Code.PHOTOS_NONE,
        )
    return replace(named, photos=_with_unique_names(named.photos))


def expand(arguments: Iterable[str]) -> list[NamedPhoto]:
    """The photos of `find_named`.

    Raises:
        DatasetError: there is no photo; names what lies there.
    """
    return find_named(arguments).photos


def _expand(argument: str, named: Named) -> None:
    path = Path(argument)
    if path.is_dir():
        _below(path, named)
    elif glob.has_magic(argument) and not path.exists():
        _matches(argument, named)
    else:
        named.photos.append(NamedPhoto(path, Path(path.name)))


def _matches(pattern: str, named: Named) -> None:
    """As the folder would be read; a pattern that ends in a suffix means these files."""
    suffix = Path(pattern).suffix
    asked = bool(suffix) and not glob.has_magic(suffix)
    others: Counter[str] = Counter()
    for match in sorted(glob.glob(pattern, recursive=True)):  # noqa: PTH207 - absolute patterns
        path = Path(match)
        if is_system(path.name):
            named.left_out.append(LeftOut(Reason.SYSTEM, match, "", 1))
        elif path.is_dir() or asked or is_photo_name(match):
            _expand(match, named)
        else:
            others[path.suffix.lower()] += 1
    named.left_out += [
        LeftOut(Reason.NO_PHOTO, pattern, kind, files) for kind, files in sorted(others.items())
    ]


def _below(folder: Path, named: Named) -> None:
    walked = scan(folder)
    named.photos += [NamedPhoto(folder / name, Path(name)) for name in walked.tree.paths()]
    named.photos += [
        NamedPhoto(folder / item.path, Path(item.path or folder.name)) for item in walked.denied
    ]
    named.left_out += walked.left_out()


def _with_unique_names(photos: list[NamedPhoto]) -> list[NamedPhoto]:
    """Short unique names of photos: their paths below the parent that all share."""
    paths = {os.path.abspath(photo.path) for photo in photos}  # noqa: PTH100 - links stay
    if len({photo.name for photo in photos}) >= len(paths):
        return photos
    try:
        common = os.path.commonpath([os.path.dirname(path) for path in paths])  # noqa: PTH120
    except ValueError:  # drives of Windows share no parent
        common = ""
    return [NamedPhoto(photo.path, _relative(photo.path, common)) for photo in photos]


def _relative(path: Path, common: str) -> Path:
    whole = Path(os.path.abspath(path))  # noqa: PTH100 - links stay
    return whole.relative_to(common) if common else Path(*whole.parts[1:])
