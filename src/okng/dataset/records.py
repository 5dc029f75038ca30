"""Records of photos (label, group, split) and the data set that they form."""

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
    """The evidence that the photos of a group show one part.

    Attributes:
        GIVEN: the user stated it.
        COPIES: the files are byte-identical.
        NEAR: the photos are near duplicates, or have identical pixels.
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
        sha256: digest of the file, hexadecimal; empty until the file was read.
        group: name shared by all photos of one part; empty for a photo without a group.
        split: train, val, test, or empty.
        facts: further columns of a manifest, as (name, value): station, shift, ...
        group_source: the evidence for the group; None counts as given.
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
        """Whether the user stated the group."""
        return bool(self.group) and self.group_source in {None, GroupSource.GIVEN}


def source_of(group: str, source: str, *, own: bool) -> GroupSource | None:
    """The source of a group that a manifest names.

    Args:
        group: name of the group.
        source: the cell `group_source`; empty in a manifest of an older version, where the names
            of groups that okng derived begin with `sha256:` or `part:`.
        own: whether okng wrote the manifest; in a user's manifest such a prefix means nothing.
    """
    if not group:
        return None
    if source in set(GroupSource):
        return GroupSource(source)
    if own and group.startswith("sha256:"):
        return GroupSource.COPIES
    return GroupSource.NEAR if own and group.startswith("part:") else GroupSource.GIVEN


def free_name(name: str, taken: Container[str]) -> str:
    """`name`, extended until no group of the user has the same name."""
    while name in taken:
        name += "'"
    return name


def joined_source(sources: Iterable[GroupSource | None]) -> GroupSource:
    """The source of a merged group: given, if one of its groups was given by the user."""
    distinct = set(sources)
    if distinct & {None, GroupSource.GIVEN}:
        return GroupSource.GIVEN
    return GroupSource.NEAR if GroupSource.NEAR in distinct else GroupSource.COPIES


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that cannot be used, with the reason; `fault` selects the advice to the user."""

    path: str
    reason: str
    fault: PhotoFault = PhotoFault.OTHER


class Reason(StrEnum):
    """Why a file is left out of the data set.

    Attributes:
        NO_PHOTO: the suffix is not that of a photo.
        NO_CLASS: the file is in no class folder.
        BESIDE: its folder is beside the folders of the splits and is not one of them.
        MASK: it marks a defect on a photo.
        SYSTEM: an operating system or a network drive created it, or it is hidden.
    """

    NO_PHOTO = "no photo"
    NO_CLASS = "in no class folder"
    BESIDE = "beside the folders of the splits"
    MASK = "mask"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, order=True)
class LeftOut:
    """Files of one kind in one folder that are left out of the data set.

    Attributes:
        reason: why they are left out.
        folder: their folder, relative to the root; for `SYSTEM` the folder or file itself.
        suffix: suffix of their names, in lower case with the dot; empty for files of any kind.
        files: number of files.
        first: path of one of them, where photos are left out.
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
        ok_choice: how the OK class was chosen; None if that is not known.
        left_out: files below the root that are left out, by reason, folder and suffix.
        class_folder: the folder with the class folders, where that is not the root; else "".
        depth: bits per channel that photos with more than 8 bits use, from the largest value over
            all photos: 8 to 16; 16 if it was not determined.
        rare: defect types with too few photos to be classified or tested; they are not in
            `classes`, see `okng.dataset.set_rare_aside`.
    """

    root: Path
    photos: tuple[Photo, ...]
    classes: tuple[str, ...]
    ok_class: str | None
    unreadable: tuple[Unreadable, ...] = field(default=())
    ok_choice: OkChoice | None = field(default=None, compare=False)
    left_out: tuple[LeftOut, ...] = field(default=(), compare=False)
    class_folder: str = field(default="", compare=False)
    depth: int = field(default=16)
    rare: tuple[str, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.photos)

    def select(self, *splits: str) -> "Dataset":
        """The photos of one split, or of several."""
        return replace(self, photos=tuple(p for p in self.photos if p.split in splits))

    def paths(self) -> list[Path]:
        """Paths of the photos in the file system."""
        return [self.root / photo.path for photo in self.photos]

    def labels(self) -> npt.NDArray[np.int64]:
        """Class indices, int64 (N,); a rare type has the index of the class that replaces it."""
        index = {name: number for number, name in enumerate(self.classes)}
        names = [self.class_of(photo.label) for photo in self.photos]
        return np.array([index[name] for name in names], dtype=np.int64)

    def class_of(self, label: str) -> str:
        """The class of a label: the label itself, or the replacement of a rare type."""
        return self._rare_as if label in self.rare else label

    @property
    def all_rare(self) -> bool:
        """Whether all defect types are rare and form one class together."""
        return bool(self.rare) and self.ok_class is not None and self._rare_as not in self._common

    @cached_property
    def _common(self) -> Counter[str]:
        """Number of photos of each class that is not rare."""
        return Counter(photo.label for photo in self.photos if photo.label not in self.rare)

    @cached_property
    def _rare_as(self) -> str:
        """The class that replaces rare types in training: the defect type with most photos.

        A photo of a rare type contributes that its part is defective, not which type it has.
        """
        types = [name for name in self.classes if name != self.ok_class]
        return max(types, key=lambda name: (self._common[name], name))

    def counts(self) -> dict[str, dict[str, int]]:
        """Number of photos by split and class; the empty name holds photos without a split."""
        counts = Counter((photo.split, photo.label) for photo in self.photos)
        splits = [split for split in (*SPLITS, "") if any(s == split for s, _ in counts)]
        return {split: {name: counts[split, name] for name in self.classes} for split in splits}

    @property
    def digest(self) -> str:
        """SHA-256 over file digests and labels; names of files do not count."""
        lines = sorted(f"{photo.sha256} {photo.label}\n" for photo in self.photos)
        return hashlib.sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()
