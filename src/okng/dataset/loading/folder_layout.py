"""Folders or a manifest of a user -> a data set.

Only files with the name of a mask are decoded here. No split is drawn here.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from okng.dataset.class_counts import unreadable_in_words
from okng.dataset.classes import (
    check_spellings,
    find_ok_class,
    how_chosen,
    is_class_name,
    order_classes,
)
from okng.dataset.left_out import in_words
from okng.dataset.loading.masks import take_masks
from okng.dataset.loading.refusals import refuse_strangers
from okng.dataset.loading.user_table import read_table
from okng.dataset.naming import clean_label
from okng.dataset.records import Dataset, LeftOut, Photo, Reason, Unreadable
from okng.dataset.tree import (
    Folder,
    descend,
    refuse_export,
    refuse_nested,
    scan,
    split_of,
    tables_in,
)
from okng.error_codes import Code
from okng.errors import DatasetError
from okng.wording import Language, language

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

    The split of an MVTec folder is dropped: its train folder has no defects, so a classifier
    cannot be trained on it. Files that are not photos, photos in no class folder or beside the
    folders of the splits, and masks are counted in `left_out`. The sizes of the classes are checked
    after the photos were read: see `add_digests`.

    Args:
        source: a folder in one of the known layouts, or a manifest file.
        ok: name of the OK class; recognised by its name when left out.
        no_ok: there is no OK class.
        fewest_classes: 2 for training; 1 is enough for inference.

    Raises:
        DatasetError: nothing usable, one class only, no OK class, or an ambiguous layout: classes
            below classes, an export of a labelling tool.
    """
    refuse_strangers(str(source), _ACCEPTED)
    source = Path(source)
    search = _Search(source if source.is_dir() else source.parent)
    if source.is_dir():
        search.folders()
    else:
        search.photos = read_table(source)
    names = {photo.label for photo in search.photos} | search.denied_classes
    check_spellings(names, source)
    _check_classes(names, source, search, fewest_classes)
    ok_class = find_ok_class(names, ok, no_ok=no_ok)
    classes = order_classes(names, ok_class)
    photos = tuple(sorted(search.photos, key=lambda photo: photo.path))
    return Dataset(
        search.root,
        photos,
        classes,
        ok_class,
        tuple(search.unread),
        how_chosen(ok, no_ok=no_ok),
        tuple(search.left_out),
        search.class_folder,
    )


@dataclass
class _Search:
    """A search for photos in the folders below a root.

    Attributes:
        root: paths are relative to it.
        photos: photos found so far.
        unread: folders without read permission.
        left_out: files that are left out.
        denied_classes: classes of which a folder could not be read.
        class_folder: the folder with the class folders, where that is not the root; else "".
        tree: all folders, without masks.
    """

    root: Path
    photos: list[Photo] = field(default_factory=list)
    unread: list[Unreadable] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    denied_classes: set[str] = field(default_factory=set)
    class_folder: str = ""
    tree: Folder = field(default_factory=lambda: Folder("", ""))

    def folders(self) -> None:
        """Recognise the layout and collect the photos."""
        scanned = scan(self.root)
        self.tree, self.unread = scanned.tree, scanned.denied
        if masks := take_masks(self.tree, self.root):
            self.left_out.append(LeftOut(Reason.MASK, "", "", len(masks), masks[0]))
        self.left_out += scanned.left_out()
        refuse_export(self.tree, self.root)
        base = descend(self.tree)
        if base is not self.tree:
            self.class_folder = str(self.root / base.path)
        classes = self._splits(base)
        refuse_nested(classes, self.root)
        if _is_mvtec(self.photos):
            # Without defects in training, its split is of no use for a classifier.
            self.photos = [Photo(photo.path, photo.label) for photo in self.photos]

    def _splits(self, base: Folder) -> dict[str, list[Folder]]:
        """Collect the photos of all splits, or of one level of classes; class folders by label."""
        splits = {f.name: s for f in base.folders if (s := split_of(f.name)) is not None}
        if not splits:
            return self._classes(base, "")
        others = [folder for folder in base.filled() if folder.name not in splits]
        # Without a train folder the others are likely classes, and the mixture is ambiguous.
        if "train" not in splits.values():
            self._refuse_mixture(list(splits), others)
        self.left_out += [
            LeftOut(Reason.BESIDE, f.path, "", f.count(), next(f.paths())) for f in others
        ]
        self._no_class(base)
        classes: dict[str, list[Folder]] = defaultdict(list)
        for folder in base.folders:
            if folder.name in splits:
                for label, folders in self._classes(folder, splits[folder.name]).items():
                    classes[label] += folders
        return classes

    def _classes(self, folder: Folder, split: str) -> dict[str, list[Folder]]:
        self._no_class(folder)
        classes: dict[str, list[Folder]] = defaultdict(list)
        for inside in folder.folders:
            label = clean_label(inside.name)
            if self._denied(inside):
                self.denied_classes.add(label)
            if inside.count():
                classes[label].append(inside)
                self.photos += [Photo(path, label, split=split) for path in inside.paths()]
        return classes

    def _denied(self, folder: Folder) -> bool:
        within = f"{folder.path}/"
        return any(f"{item.path}/".startswith(within) for item in self.unread)

    def _no_class(self, folder: Folder) -> None:
        if folder.photos:
            first = folder.join(folder.photos[0])
            self.left_out.append(
                LeftOut(Reason.NO_CLASS, folder.path, "", len(folder.photos), first)
            )

    def _refuse_mixture(self, splits: list[str], others: list[Folder]) -> None:
        classes = [folder.name for folder in others]
        if classes:
            raise DatasetError(
                f"Folders of a split ({', '.join(splits)}) and of classes ({', '.join(classes)}) "
                "are side by side",
                where=self.root,
                allowed=_ACCEPTED,
                hint="Move or rename one of them.",
                code=Code.PHOTOS_LAYOUT,
            )


def _is_mvtec(photos: list[Photo]) -> bool:
    learned = {photo.label for photo in photos if photo.split == "train"}
    return len(learned) == 1 and len({photo.label for photo in photos}) > 1


def _check_classes(names: set[str], source: Path, search: _Search, fewest: int) -> None:
    with language(Language.EN):  # errors are English
        left_out = in_words(search.left_out)
    there = f"{unreadable_in_words(search.unread)}\nLeft out: {left_out}" if left_out else ""
    if not names:
        raise DatasetError(
            f"No photos were found in folders that name their class{there}",
            where=source,
            allowed=_ACCEPTED,
            hint=_no_class_hint(source, search.tree),
            code=Code.PHOTOS_NONE,
        )
    if len(names) < fewest:
        raise DatasetError(
            f"There is only one class: {', '.join(map(repr, names))}{there}",
            where=source,
            allowed=_ACCEPTED,
            hint=_one_class_hint(source, search.tree),
            code=Code.PHOTOS_ONE_CLASS,
        )


def _no_class_hint(source: Path, tree: Folder) -> str:
    if is_class_name(source.resolve().name) and tree.photos:
        return f"This looks like one class folder: give the folder above it, {source / '..'}."
    if tree.photos and (tables := tables_in(tree)):
        return f"Give the table that lies there, {source / tables[0]}, if it names the labels."
    return "Sort the photos into one folder per class."


def _one_class_hint(source: Path, tree: Folder) -> str:
    inside = tree.filled()
    if len(inside) == 1 and len(below := inside[0].filled()) > 1:
        names = ", ".join(folder.name for folder in below[:4])
        return f"If {names} are the classes, give {source / inside[0].name}."
    return "Add a folder with photos of another class: a classifier needs at least two."
