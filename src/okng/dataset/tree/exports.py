"""Recognises exports of labelling tools, and photos with a table of labels beside them."""

from collections.abc import Iterator
from pathlib import Path

from okng.dataset.classes import is_class_name
from okng.dataset.tree.scanning import Folder
from okng.error_codes import Code
from okng.errors import DatasetError

_IMAGES = frozenset({"images", "image", "imgs", "img", "jpegimages", "photos", "pictures"})
_LABELS = frozenset({"labels", "label", "annotations", "annotation", "ann", "bboxes"})
_TABLES = (".csv", ".tsv", ".xlsx", ".xls", ".ods", ".parquet", ".txt")
_HEAD = 65_536  # bytes of a JSON file that are searched for COCO's keys


def refuse_export(tree: Folder, root: Path) -> None:
    """Refuse an export for object detection, and a single folder of photos with a table.

    Raises:
        DatasetError: with the kind of export, and what to do.
    """
    named = [f for f in (tree, *tree.below()) if f.name.lower() in _IMAGES and f.count()]
    if not named:
        coco = next(_coco(tree, root), None)
        if coco and not _class_folders(tree):
            raise _detection("COCO", coco, root)
        return
    if any(is_class_name(below.name) for folder in named for below in folder.below()):
        return  # images/ok, images/ng: a level of classes
    marks = _kinds(tree, root)
    if marks:
        raise _detection(*marks, root)
    tables = tables_in(tree)
    alone = sum(len(folder.photos) for folder in named) == tree.count()
    if tables and alone and not _class_folders(tree):
        first = root / tables[0]
        raise DatasetError(
            f"All photos are in one folder ({named[0].path}), with a table beside it: "
            f"{', '.join(tables[:3])}",
            where=root,
            allowed="one folder per class, or a CSV or Parquet table with the columns path,label",
            hint=f"Give the table in place of the folder: {first}. Its columns must be named path "
            f"and label; its paths are relative to its own folder ({named[0].path}/...).",
            code=Code.PHOTOS_LAYOUT,
        )


def _kinds(tree: Folder, root: Path) -> tuple[str, str] | None:
    """The kind of annotation, and an example file."""
    suffixes = {".txt": "YOLO", ".xml": "Pascal VOC", ".json": "COCO or LabelMe"}
    # YOLO and Pascal VOC have one file per image in such a folder; COCO has one file in all.
    for folder in tree.below():
        if folder.name.lower() not in _LABELS:
            continue
        for inside in (folder, *folder.below()):
            for name in inside.others:
                kind = suffixes.get(Path(name).suffix.lower())
                if kind:
                    return kind, inside.join(name)
    coco = next(_coco(tree, root), None)
    return ("COCO", coco) if coco else None


def _coco(tree: Folder, root: Path) -> Iterator[str]:
    """Paths of files with annotations in COCO format."""
    for folder in (tree, *tree.below()):
        for name in folder.others:
            if name.lower().endswith(".json"):
                try:
                    with (root / folder.join(name)).open("rb") as file:
                        head = file.read(_HEAD)
                except OSError:
                    continue
                if b'"images"' in head and (b'"annotations"' in head or b'"file_name"' in head):
                    yield folder.join(name)


def tables_in(tree: Folder) -> list[str]:
    """Paths of tables that may hold labels."""
    folders = (tree, *tree.below())
    named = [(f, name) for f in folders for name in f.others if name.lower().endswith(_TABLES)]
    return [f.join(name) for f, name in named if not name.lower().startswith("readme")]


def _class_folders(tree: Folder) -> bool:
    """Whether there are several folders of photos side by side."""
    return len(tree.filled()) > 1


def _detection(kind: str, example: str, root: Path) -> DatasetError:
    return DatasetError(
        f"This is an export for object detection or segmentation ({kind}: {example}); okng needs "
        "one label per photo",
        where=root,
        allowed="one folder per class, or a CSV or Parquet table with the columns path,label",
        hint="Write a table path,label: a photo without an annotation is ok, every other photo has "
        "the class of its annotation. Or export it as 'classification' or 'folder per class'.",
        code=Code.PHOTOS_LAYOUT,
    )
