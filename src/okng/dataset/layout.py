"""Folders, or a manifest, as users have them -> a data set.

Nothing is decoded here, and no split is made.
"""

from dataclasses import dataclass, field
from pathlib import Path

from okng.dataset.classes import check_spellings, find_ok_class, how_chosen, order_classes
from okng.dataset.folders import Entry, entries, walk
from okng.dataset.masks import MASKS
from okng.dataset.records import SPLIT_NAMES, Dataset, Photo, Unreadable
from okng.dataset.tables import read_table
from okng.errors import DatasetError

MIN_PHOTOS_PER_CLASS = 3
_SHOWN = 10
_ACCEPTED = """one folder per class (PHOTOS/<class>/*.jpg),
      PHOTOS/
        ok/       1.jpg 2.jpg ...
        scratch/  3.jpg 4.jpg ...
    or such folders below PHOTOS/train, PHOTOS/val and PHOTOS/test,
    or MVTec style (train/good, test/<defect>),
    or a CSV or Parquet manifest with path,label[,group,split]"""


def find_photos(
    source: Path | str, *, ok: str | None = None, no_ok: bool = False, fewest_classes: int = 2
) -> Dataset:
    """Find all photos of a folder or manifest, and the class of each.

    MVTec's own split cannot teach a classifier, for its train folder holds no defect: such photos
    come without a split. Masks below `ground_truth` are left out, and so is all that stands
    beside a folder `train` and names no split. Whether classes are large enough is checked once
    it is known which photos can be read: see `add_digests`.

    Args:
        source: a folder in one of the known layouts, or a manifest file.
        ok: name of the OK class; recognised by its name when left out.
        no_ok: there is no OK class.
        fewest_classes: 2 to learn from; 1 is enough to judge.

    Raises:
        DatasetError: nothing usable, one class only, no OK class.
    """
    source = Path(source)
    if not source.exists():
        raise DatasetError(
            "There is no such folder or file", where=source, allowed=_ACCEPTED, hint="Check PHOTOS."
        )
    search = _Search(source if source.is_dir() else source.parent)
    if source.is_dir():
        search.folders()
    else:
        search.photos = read_table(source)
    names = {photo.label for photo in search.photos}
    check_spellings(names | search.denied_classes, source)
    _check_classes(names | search.denied_classes, source, search.left_out, fewest_classes)
    ok_class = find_ok_class(names | search.denied_classes, ok, no_ok=no_ok)
    classes = order_classes(names | search.denied_classes, ok_class)
    photos = tuple(sorted(search.photos, key=lambda photo: photo.path))
    choice = how_chosen(ok, no_ok=no_ok)
    return Dataset(search.root, photos, classes, ok_class, tuple(search.left_out), choice)


def check_counts(dataset: Dataset, fewest: int = MIN_PHOTOS_PER_CLASS) -> None:
    """Refuse classes that are too small to be shared out.

    Raises:
        DatasetError: names each such class, how many photos are needed, and why.
    """
    labels = [photo.label for photo in dataset.photos]
    few = {name: labels.count(name) for name in dataset.classes}
    few = {name: count for name, count in few.items() if count < fewest}
    if few:
        found = ", ".join(f"{name} has {count}" for name, count in few.items())
        raise DatasetError(
            f"Too few photos of a class: {found}{_reasons(dataset.unreadable)}",
            where=dataset.root,
            allowed=f"at least {fewest} of each class: one each to learn from, to "
            "choose the threshold by, and to test on; figures mean something from about 60 on",
            hint="Add photos of this class, or leave the class out.",
        )


@dataclass
class _Search:
    """A walk through the folders below a root, and what it met.

    Attributes:
        root: paths are relative to it.
        photos: those found so far.
        left_out: folders without read permission, and photos that lie in no class folder.
        denied_classes: classes of which a folder could not be read.
    """

    root: Path
    photos: list[Photo] = field(default_factory=list)
    left_out: list[Unreadable] = field(default_factory=list)
    denied_classes: set[str] = field(default_factory=set)

    def folders(self) -> None:
        """Find out which layout it is, and collect its photos."""
        names = [entry.name for entry in self._entries(self.root) if entry.is_folder]
        names = [name for name in names if name.lower() != MASKS]
        splits = {n: SPLIT_NAMES[n.lower()] for n in names if n.lower() in SPLIT_NAMES}
        if not splits:
            self._classes(self.root, "")
            return
        if "train" not in splits.values():
            self._refuse_mixture(splits, [name for name in names if name not in splits])
        for folder, split in splits.items():
            self._classes(self.root / folder, split)
        if _is_mvtec(self.photos):
            self.photos = [Photo(photo.path, photo.label) for photo in self.photos]

    def _classes(self, folder: Path, split: str) -> None:
        for name, is_folder in self._entries(folder):
            if not is_folder:
                path = self._name(folder / name)
                self.left_out.append(Unreadable(path, "it lies in no class folder"))
            elif name.lower() != MASKS:
                self._class(folder / name, split)

    def _class(self, folder: Path, split: str) -> None:
        known = len(self.left_out)
        above = self._name(folder)
        for name in walk(folder, self._deny):
            self.photos.append(Photo(f"{above}/{name}", folder.name, split=split))
        if len(self.left_out) > known:
            self.denied_classes.add(folder.name)

    def _entries(self, folder: Path) -> list[Entry]:
        try:
            return entries(folder)
        except OSError as exc:
            self._deny(folder, exc)
            return []

    def _deny(self, folder: Path, cause: OSError) -> None:
        reason = f"the folder cannot be read: {cause.strerror}"
        self.left_out.append(Unreadable(self._name(folder), reason))

    def _refuse_mixture(self, splits: dict[str, str], others: list[str]) -> None:
        classes = [name for name in others if any(walk(self.root / name, self._deny))]
        if classes:
            raise DatasetError(
                f"Folders of a split ({', '.join(splits)}) and of classes ({', '.join(classes)}) "
                "stand side by side",
                where=self.root,
                allowed=_ACCEPTED,
                hint="Move or rename one of them.",
            )

    def _name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()


def _is_mvtec(photos: list[Photo]) -> bool:
    learned = {photo.label for photo in photos if photo.split == "train"}
    return len(learned) == 1 and len({photo.label for photo in photos}) > 1


def _check_classes(names: set[str], source: Path, left_out: list[Unreadable], fewest: int) -> None:
    if not names:
        raise DatasetError(
            f"No photos were found in folders that name their class{_reasons(left_out)}",
            where=source,
            allowed=_ACCEPTED,
            hint="Sort the photos into one folder per class.",
        )
    if len(names) < fewest:
        raise DatasetError(
            f"There is only one class: {', '.join(names)}{_reasons(left_out)}",
            where=source,
            allowed=_ACCEPTED,
            hint="Add a folder with photos of the other kind: a classifier learns the difference.",
        )


def _reasons(left_out: list[Unreadable] | tuple[Unreadable, ...]) -> str:
    if not left_out:
        return ""
    lines = [f"\n  - {item.path}: {item.reason}" for item in left_out[:_SHOWN]]
    more = f"\n  - and {len(left_out) - _SHOWN} more" if len(left_out) > _SHOWN else ""
    return "\nThese could not be used:" + "".join(lines) + more
