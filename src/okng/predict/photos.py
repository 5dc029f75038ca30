"""From what a user names on the command line to the photos that are meant."""

import glob
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from okng.dataset.folders import walk
from okng.errors import DatasetError
from okng.preprocess import PHOTO_SUFFIXES


class NamedPhoto(NamedTuple):
    """A photo to judge, and a short name for files made from it."""

    path: Path
    name: Path


def expand(arguments: Iterable[str]) -> list[NamedPhoto]:
    """Photos named by files, folders (searched to any depth) and glob patterns, in order.

    A file that is named directly is taken whatever its suffix; whether it is a photo shows later.
    A folder that cannot be read is taken, too: it gets the verdict ERROR instead of none.

    Raises:
        DatasetError: nothing was found at all.
    """
    arguments = list(arguments)
    photos = [photo for argument in arguments for photo in _expand(argument)]
    if not photos:
        raise DatasetError(
            "No photo was found",
            where=", ".join(arguments),
            allowed=f"files, folders or patterns of {', '.join(sorted(PHOTO_SUFFIXES))}",
            hint="Check the path.",
        )
    return photos


def _expand(argument: str) -> Iterator[NamedPhoto]:
    path = Path(argument)
    if path.is_dir():
        yield from _below(path)
    elif glob.has_magic(argument) and not path.exists():
        for match in sorted(glob.glob(argument, recursive=True)):  # noqa: PTH207 - absolute patterns
            yield from _expand(match)
    else:
        yield NamedPhoto(path, Path(path.name))


def _below(folder: Path) -> Iterator[NamedPhoto]:
    denied: list[Path] = []
    for name in walk(folder, lambda path, _: denied.append(path)):
        yield NamedPhoto(folder / name, Path(name))
    for path in denied:
        yield NamedPhoto(path, path.relative_to(folder))
