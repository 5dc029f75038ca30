"""Photos with their labels, groups and splits, and the data set they make up."""

import hashlib
from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from okng.dataset.classes import OkChoice
from okng.errors import PhotoFault

SPLITS = ("train", "val", "test")
SPLIT_NAMES = {
    "train": "train", "training": "train", "val": "val", "valid": "val", "validation": "val",
    "test": "test", "testing": "test",
}  # fmt: skip


class GroupSource(StrEnum):
    """How it is known that photos show one part.

    Attributes:
        GIVEN: the user stated it.
        COPIES: their files are equal.
        NEAR: their pixels are equal, or nearly.
    """

    GIVEN = "given"
    COPIES = "copies"
    NEAR = "near"


@dataclass(frozen=True, slots=True)
class Photo:
    """One image file.

    Attributes:
        path: relative to the root of the data set, with forward slashes.
        label: name of its class.
        sha256: of the file, hexadecimal; empty until it was read.
        group: all photos of one part share it; empty for a photo that is alone.
        split: train, val, test, or empty.
        facts: further columns of a manifest, as (name, value): station, shift, ...
        group_source: how the group is known; None counts as given.
    """

    path: str
    label: str
    sha256: str = ""
    group: str = ""
    split: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    group_source: GroupSource | None = field(default=None, compare=False)

    @property
    def was_given(self) -> bool:
        """Whether the user stated its group."""
        return bool(self.group) and self.group_source in {None, GroupSource.GIVEN}


def source_of(group: str, source: str, *, own: bool) -> GroupSource | None:
    """How a group in a manifest is known.

    Args:
        group: its name.
        source: the cell `group_source`; empty in a manifest of an older version, where names of
            okng's own groups begin with `sha256:` or `part:`.
        own: whether okng wrote the manifest; a user may call groups as he likes.
    """
    if not group:
        return None
    if source in set(GroupSource):
        return GroupSource(source)
    if own and group.startswith("sha256:"):
        return GroupSource.COPIES
    return GroupSource.NEAR if own and group.startswith("part:") else GroupSource.GIVEN


def free_name(name: str, taken: Container[str]) -> str:
    """A name for a group that no group of the user bears."""
    while name in taken:
        name += "'"
    return name


def joined_source(sources: Iterable[GroupSource | None]) -> GroupSource:
    """How a group is known that several became: as the user stated, if he did for one of them."""
    found = set(sources)
    if found & {None, GroupSource.GIVEN}:
        return GroupSource.GIVEN
    return GroupSource.NEAR if GroupSource.NEAR in found else GroupSource.COPIES


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that cannot be used, and why; the kind of fault decides what to do about it."""

    path: str
    reason: str
    fault: PhotoFault = PhotoFault.OTHER


class Reason(StrEnum):
    """Why a file is not judged.

    Attributes:
        NO_PHOTO: its suffix is none of a photo.
        NO_CLASS: it lies in no class folder.
        BESIDE: its folder lies beside those of the splits, and names none.
        MASK: it marks a defect on a photo.
        SYSTEM: an operating system or a network drive made it, or it is hidden.
    """

    NO_PHOTO = "no photo"
    NO_CLASS = "in no class folder"
    BESIDE = "beside the folders of the splits"
    MASK = "mask"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, order=True)
class LeftOut:
    """Files of one kind in one place that are not judged.

    Attributes:
        reason: why.
        folder: that they lie in, relative to the root; for `SYSTEM` the folder or file itself.
        suffix: of their names, in lower case and with its dot; empty where they are of any kind.
        files: how many.
        first: the path of one of them, where photos are left out.
    """

    reason: Reason
    folder: str
    suffix: str
    files: int
    first: str = ""


@dataclass(frozen=True)
class Dataset:
    """The photos below one root.

    Attributes:
        root: paths of photos are relative to it.
        photos: in the order of their paths.
        classes: the OK class first, if there is one, then the others in alphabetical order.
        ok_class: name of the class of good parts, or None.
        unreadable: photos that cannot be read.
        ok_choice: how the OK class was chosen; None where nothing is known of it.
        left_out: files below the root that are not judged, by reason, folder and suffix.
        remarks: sentences on how the folders were read.
        depth: bits that photos with more than 8 of them fill, largest value over all photos: 8 to
            16; 16 where it was not looked for.
        rare: names of types with too few photos to be told apart or tested, which are no classes;
            see `okng.dataset.set_rare_aside`.
    """

    root: Path
    photos: tuple[Photo, ...]
    classes: tuple[str, ...]
    ok_class: str | None
    unreadable: tuple[Unreadable, ...] = field(default=())
    ok_choice: OkChoice | None = field(default=None, compare=False)
    left_out: tuple[LeftOut, ...] = field(default=(), compare=False)
    remarks: tuple[str, ...] = field(default=(), compare=False)
    depth: int = field(default=16)
    rare: tuple[str, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.photos)

    def select(self, *splits: str) -> "Dataset":
        """The photos of one split, or of several."""
        return replace(self, photos=tuple(p for p in self.photos if p.split in splits))

    def paths(self) -> list[Path]:
        """Where the photos lie."""
        return [self.root / photo.path for photo in self.photos]

    def labels(self) -> npt.NDArray[np.int64]:
        """Class indices (N,); rare types count as the class that stands in for them."""
        index = {name: number for number, name in enumerate(self.classes)}
        names = [self.class_of(photo.label) for photo in self.photos]
        return np.array([index[name] for name in names], dtype=np.int64)

    def class_of(self, label: str) -> str:
        """The class that a label counts as: itself, or for a rare type the one that stands in."""
        return self._stand_in if label in self.rare else label

    @property
    def all_rare(self) -> bool:
        """Whether all types of defects are rare, and one class together."""
        return bool(self.rare) and self.ok_class is not None and self._stand_in not in self._there

    @cached_property
    def _there(self) -> Counter[str]:
        """Photos of each class that is no rare type."""
        return Counter(photo.label for photo in self.photos if photo.label not in self.rare)

    @cached_property
    def _stand_in(self) -> str:
        """The type with most photos: a rare one teaches that a part is defective, not its type."""
        types = [name for name in self.classes if name != self.ok_class]
        return max(types, key=lambda name: (self._there[name], name))

    def counts(self) -> dict[str, dict[str, int]]:
        """Photos per split and class; photos without a split stand under the empty name."""
        found = Counter((photo.split, photo.label) for photo in self.photos)
        splits = [split for split in (*SPLITS, "") if any(s == split for s, _ in found)]
        return {split: {name: found[split, name] for name in self.classes} for split in splits}

    @property
    def digest(self) -> str:
        """SHA-256 over contents and labels, whatever the files are called; needs their digests."""
        lines = sorted(f"{photo.sha256} {photo.label}\n" for photo in self.photos)
        return hashlib.sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()
