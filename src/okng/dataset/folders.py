"""What lies in a folder, told quickly: there may be a million photos in it."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from okng.preprocess import PHOTO_SUFFIXES


class Entry(NamedTuple):
    """A photo or a folder in a folder.

    Attributes:
        name: within it.
        is_folder: also where a link leads to a folder.
    """

    name: str
    is_folder: bool


def entries(folder: Path) -> list[Entry]:
    """Photos and folders, by name; other files and hidden ones are left out.

    A path object for each, and a question to the file system, would take a minute for a million.

    Raises:
        OSError: the folder cannot be read.
    """
    with os.scandir(folder) as found:
        listed = [_entry(item) for item in found if not item.name.startswith(".")]
    return sorted(entry for entry in listed if entry is not None)


def walk(folder: Path, denied: Callable[[Path, OSError], object]) -> Iterator[str]:
    """Names of the photos at any depth below a folder, relative to it, in order.

    A folder that several links lead to is entered once; one that cannot be read goes to `denied`.
    """
    yield from _walk(folder, "", denied, set())


def _walk(
    folder: Path, above: str, denied: Callable[[Path, OSError], object], seen: set[Path]
) -> Iterator[str]:
    real = folder.resolve()
    if real in seen:
        return
    seen.add(real)
    try:
        found = entries(folder)
    except OSError as exc:
        denied(folder, exc)
        return
    for name, is_folder in found:
        if is_folder:
            yield from _walk(folder / name, f"{above}{name}/", denied, seen)
        else:
            yield f"{above}{name}"


def _entry(item: "os.DirEntry[str]") -> Entry | None:
    if _is_folder(item):
        return Entry(item.name, is_folder=True)
    is_photo = os.path.splitext(item.name)[1].lower() in PHOTO_SUFFIXES  # noqa: PTH122 - quick
    return Entry(item.name, is_folder=False) if is_photo else None


def _is_folder(item: "os.DirEntry[str]") -> bool:
    try:
        return item.is_dir()
    except OSError:
        return False  # a parent that may be listed but not entered
