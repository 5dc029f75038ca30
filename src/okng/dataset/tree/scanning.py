"""Walks a folder once and quickly: there may be a million photos in it."""

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
    """A folder and all below it; a folder that several links lead to stands in one place only.

    Attributes:
        name: as it stands on the disk.
        path: relative to the root, with forward slashes; empty for the root.
        photos: names of its own photos, also of kinds that cannot be read.
        folders: those in it, by name, with or without photos.
        others: names of its own files that are no photos.
    """

    name: str
    path: str
    photos: list[str] = field(default_factory=list)
    folders: list["Folder"] = field(default_factory=list)
    others: list[str] = field(default_factory=list)

    def count(self) -> int:
        """Photos at any depth."""
        return len(self.photos) + sum(folder.count() for folder in self.folders)

    def filled(self) -> list["Folder"]:
        """Folders in it that hold photos at any depth."""
        return [folder for folder in self.folders if folder.count()]

    def below(self) -> Iterator["Folder"]:
        """All folders at any depth."""
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
        """The path of something in this folder."""
        return f"{self.path}/{name}" if self.path else name


@dataclass(frozen=True)
class Scan:
    """What a walk met.

    Attributes:
        tree: the folder.
        denied: folders that cannot be read.
        system: files of the system, by the folder or file that they lie in.
    """

    tree: Folder
    denied: list[Unreadable]
    system: list[LeftOut]

    def left_out(self) -> list[LeftOut]:
        """Files that are no photos, by folder and suffix, and those of the system."""
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
    """Walk through a folder. Hidden and system files are counted, and nothing is opened."""
    found = Scan(Folder(root.name, ""), [], [])
    _fill(found, found.tree, root, set())
    return found


def is_photo_name(name: str) -> bool:
    """Whether a name has the suffix of a photo, of a kind that is read or not."""
    return os.path.splitext(name)[1].lower() in _PHOTOS  # noqa: PTH122 - quick


def _fill(found: Scan, folder: Folder, place: Path, seen: set[Path]) -> None:
    real = place.resolve()
    if real in seen:
        return
    seen.add(real)
    try:
        with os.scandir(place) as listed:
            items = sorted((item.name, _is_folder(item)) for item in listed)
    except OSError as exc:
        reason = f"the folder cannot be read: {exc.strerror}"
        found.denied.append(Unreadable(folder.path, reason))
        return
    for name, is_folder in items:
        if is_system(name):
            files = _files(place / name) if is_folder else 1
            found.system.append(LeftOut(Reason.SYSTEM, folder.join(name), "", files))
        elif is_folder:
            inside = Folder(name, folder.join(name))
            folder.folders.append(inside)
            _fill(found, inside, place / name, seen)
        elif is_photo_name(name):
            folder.photos.append(name)
        else:
            folder.others.append(name)


def _is_folder(item: "os.DirEntry[str]") -> bool:
    try:
        return item.is_dir()
    except OSError:
        return False  # a parent that may be listed but not entered


def _files(folder: Path) -> int:
    """Files below a folder of the system; what cannot be read counts as none."""
    return sum(len(names) for _, _, names in os.walk(folder))


def _name(item: str | Folder) -> str:
    return item if isinstance(item, str) else item.name
