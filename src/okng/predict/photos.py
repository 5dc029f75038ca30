"""From what a user names on the command line to the photos that are meant."""

import glob
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from okng.errors import DatasetError
from okng.preprocess import PHOTO_SUFFIXES


class NamedPhoto(NamedTuple):
    """A photo to judge, and a short name for files made from it."""

    path: Path
    name: Path


def expand(arguments: Iterable[str]) -> list[NamedPhoto]:
    """Photos named by files, folders (searched to any depth) and glob patterns, in order.

    A file that is named directly is taken whatever its suffix; whether it is a photo shows later.

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
        for file in sorted(path.rglob("*")):
            if _is_photo(file, path):
                yield NamedPhoto(file, file.relative_to(path))
    elif glob.has_magic(argument) and not path.exists():
        for match in sorted(glob.glob(argument, recursive=True)):  # noqa: PTH207 - absolute patterns
            yield from _expand(match)
    else:
        yield NamedPhoto(path, Path(path.name))


def _is_photo(file: Path, root: Path) -> bool:
    hidden = any(part.startswith(".") for part in file.relative_to(root).parts)
    return not hidden and file.suffix.lower() in PHOTO_SUFFIXES and file.is_file()
