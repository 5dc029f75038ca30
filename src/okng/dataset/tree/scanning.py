"""Walks a folder tree once. It is written for speed: there may be a million photos."""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from okng.dataset.records import LeftOut, Reason, Unreadable
from okng.dataset.tree.system import is_system
from okng.preprocess import PHOTO_SUFFIXES, UNREAD_PHOTO_SUFFIXES

_PHOTOS = PHOTO_SUFFIXES | UNREAD_PHOTO_SUFFIXES


@dataclass
class Folder:
    """A folder with its subfolders; a folder that several links point to is entered once only.

    Attributes:
        name: its name on the disk.
        path: relative to the root, with forward slashes; empty for the root.
        photos: names of its own photos, including formats that cannot be read.
        folders: its subfolders by name, with or without photos.
        others: names of its own files that are not photos.
    """

    name: str
    path: str
    photos: list[str] = field(default_factory=list)
    folders: list["Folder"] = field(default_factory=list)
    others: list[str] = field(default_factory=list)

    def count(self) -> int:
        """Number of photos at any depth."""
        return len(self.photos) + sum(folder.count() for folder in self.folders)

    def filled(self) -> list["Folder"]:
        """Subfolders with photos at any depth."""
        return [folder for folder in self.folders if folder.count()]

    def below(self) -> Iterator["Folder"]:
        """All subfolders at any depth."""
        for folder in self.folders:
            yield folder
            yield from folder.below()

    def paths(self) -> Iterator[str]:
        """Paths of the photos at any depth, in the order of their names."""
        inside: list[str | Folder] = sorted([*self.photos, *self.folders], key=_name)
        for item in inside:
            if isinstance(item, str):
                yield self.join(item)
            else:
                yield from item.paths()

    def join(self, name: str) -> str:
        """The path of a name in this folder."""
        return f"{self.path}/{name}" if self.path else name


@dataclass(frozen=True)
class Scan:
    """Result of a walk.

    Attributes:
        tree: the folder.
        denied: folders that cannot be read.
        system: files of the operating system, one entry per folder or file.
    """

    tree: Folder
    denied: list[Unreadable]
    system: list[LeftOut]

    def left_out(self) -> list[LeftOut]:
        """Files that are not photos, by folder and suffix, and files of the system."""
        counts = Counter(
            (folder.path, os.path.splitext(name)[1].lower())  # noqa: PTH122 - quick
            for folder in (self.tree, *self.tree.below())
            for name in folder.others
        )
        return [
            *(LeftOut(Reason.NO_PHOTO, *place, files) for place, files in sorted(counts.items())),
            *self.system,
        ]


def scan(root: Path) -> Scan:
    """Walk through a folder. Hidden and system files are counted; no file is opened."""
    result = Scan(Folder(root.name, ""), [], [])
    _fill(result, result.tree, root, set())
    return result


def is_photo_name(name: str) -> bool:
    """Whether a name has the suffix of a photo, in a format that can be read or not."""
    return os.path.splitext(name)[1].lower() in _PHOTOS  # noqa: PTH122 - quick


def _fill(result: Scan, folder: Folder, place: Path, visited: set[Path]) -> None:
    # Links may form a circle, or lead to a folder that was already entered.
    real = place.resolve()
    if real in visited:
        return
    visited.add(real)
    try:
        with os.scandir(place) as listed:
            items = sorted((item.name, _is_folder(item)) for item in listed)
    except OSError as exc:
        reason = f"the folder cannot be read: {exc.strerror}"
        result.denied.append(Unreadable(folder.path, reason))
        return
    for name, is_folder in items:
        if is_system(name):
            files = _files(place / name) if is_folder else 1
            result.system.append(LeftOut(Reason.SYSTEM, folder.join(name), "", files))
        elif is_folder:
            inside = Folder(name, folder.join(name))
            folder.folders.append(inside)
            _fill(result, inside, place / name, visited)
        elif is_photo_name(name):
            folder.photos.append(name)
        else:
            folder.others.append(name)


def _is_folder(item: "os.DirEntry[str]") -> bool:
    try:
        return item.is_dir()
    except OSError:
        return False  # the parent has read permission but no execute permission


def _files(folder: Path) -> int:
    """Number of files below a folder of the system; unreadable folders count as empty."""
    return sum(len(names) for _, _, names in os.walk(folder))


def _name(item: str | Folder) -> str:
    return item if isinstance(item, str) else item.name
