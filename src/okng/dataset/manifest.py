"""The manifest of a run: path, digest, label, group and split of every photo."""

import csv
import io
from pathlib import Path

from okng.dataset.classes import find_ok_class, how_chosen, order_classes
from okng.dataset.records import Dataset, Photo
from okng.errors import DatasetError
from okng.files import write_atomic

COLUMNS = ("path", "sha256", "label", "group", "split")


def write_manifest(dataset: Dataset, path: Path) -> None:
    """Write the manifest as CSV in UTF-8, whole or not at all; any file name survives it."""
    rows = [[getattr(photo, column) for column in COLUMNS] for photo in dataset.photos]
    # The csv module forgets to quote a bare carriage return, which ends a line for a reader.
    odd = any("\r" in value for row in rows for value in row)
    text = io.StringIO()
    csv.writer(
        text, lineterminator="\n", quoting=csv.QUOTE_ALL if odd else csv.QUOTE_MINIMAL
    ).writerows([COLUMNS, *rows])
    write_atomic(path, text.getvalue().encode("utf-8", "surrogateescape"))


def read_manifest(path: Path, root: Path, *, ok: str | None = None, no_ok: bool = False) -> Dataset:
    """Read what `write_manifest` wrote.

    Args:
        path: the manifest.
        root: the folder that its paths are relative to.
        ok: name of the OK class; recognised by its name when left out.
        no_ok: there is no OK class.

    Raises:
        DatasetError: it is not such a manifest.
    """
    try:
        photos = _rows(path)
    except (OSError, ValueError, csv.Error) as exc:
        raise DatasetError(
            f"The manifest cannot be read: {exc}",
            where=path,
            allowed=f"a CSV table with {', '.join(COLUMNS)}",
            hint="Start the run anew, into another folder.",
        ) from exc
    ok_class = find_ok_class({photo.label for photo in photos}, ok, no_ok=no_ok)
    classes = order_classes((p.label for p in photos), ok_class)
    return Dataset(root, photos, classes, ok_class, ok_choice=how_chosen(ok, no_ok=no_ok))


def _rows(path: Path) -> tuple[Photo, ...]:
    with path.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
        columns, *rows = csv.reader(file, strict=True)
    if tuple(columns) != COLUMNS:
        raise ValueError(f"its columns are {', '.join(columns)}")
    if any(len(row) != len(COLUMNS) for row in rows):
        raise ValueError("a row is cut off")
    return tuple(
        Photo(path, label, sha256, group, split) for path, sha256, label, group, split in rows
    )
