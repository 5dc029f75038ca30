"""The manifest of a run: path, digest, label, group and split of every photo."""

import csv
import io
from pathlib import Path

from okng.dataset.classes import find_ok_class, how_chosen, order_classes
from okng.dataset.records import Dataset, Photo, source_of
from okng.error_codes import Code
from okng.errors import DatasetError
from okng.files import write_atomic
from okng.text import harmless_path, path_as_written

COLUMNS = ("path", "sha256", "label", "group", "split", "group_source")
_FORMER = COLUMNS[:5]
"""Columns of a manifest of version 0.1, which has no source of a group."""


def write_manifest(dataset: Dataset, path: Path) -> None:
    """Write the manifest as CSV in UTF-8, atomically; any file name survives the round trip.

    A path that a spreadsheet would run as a formula is written as `./=1.jpg`.
    """
    rows = [
        [
            harmless_path(photo.path), photo.sha256, photo.label, photo.group, photo.split,
            photo.group_source or "",
        ]
        for photo in dataset.photos
    ]  # fmt: skip
    # QUOTE_MINIMAL does not quote a bare carriage return, which ends a line for csv.reader.
    odd = any("\r" in value for row in rows for value in row)
    text = io.StringIO()
    csv.writer(
        text, lineterminator="\n", quoting=csv.QUOTE_ALL if odd else csv.QUOTE_MINIMAL
    ).writerows([COLUMNS, *rows])
    write_atomic(path, text.getvalue().encode("utf-8", "surrogateescape"))


def is_own_manifest(path: Path) -> bool:
    """Whether a file begins like a manifest that okng wrote."""
    try:
        with path.open(encoding="utf-8", errors="surrogateescape") as file:
            first = file.readline().replace('"', "").strip().split(",")
    except OSError:
        return False
    return tuple(first[: len(_FORMER)]) == _FORMER


def read_manifest(path: Path, root: Path, *, ok: str | None = None, no_ok: bool = False) -> Dataset:
    """Read a manifest that `write_manifest` wrote.

    Args:
        path: the manifest.
        root: the folder that its paths are relative to.
        ok: name of the OK class; recognised by its name when left out.
        no_ok: there is no OK class.

    Raises:
        DatasetError: the file is not such a manifest.
    """
    try:
        photos = _rows(path)  # ValueError: a row is incomplete, or another table
    except (OSError, ValueError, csv.Error) as exc:
        raise DatasetError(
            f"The manifest cannot be read: {exc}",
            where=path,
            allowed=f"a CSV table with {', '.join(COLUMNS)}",
            hint="Start a new run in another folder.",
            code=Code.MANIFEST_UNREADABLE,
        ) from exc
    ok_class = find_ok_class({photo.label for photo in photos}, ok, no_ok=no_ok)
    classes = order_classes((p.label for p in photos), ok_class)
    return Dataset(root, photos, classes, ok_class, ok_choice=how_chosen(ok, no_ok=no_ok))


def _rows(path: Path) -> tuple[Photo, ...]:
    with path.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
        columns, *rows = csv.reader(file, strict=True)
    if tuple(columns) not in {COLUMNS, _FORMER}:
        raise ValueError(f"its columns are {', '.join(columns)}")
    if any(len(row) != len(columns) for row in rows):
        raise ValueError("a row is incomplete")
    return tuple(_photo(*row) for row in rows)


def _photo(path: str, sha256: str, label: str, group: str, split: str, source: str = "") -> Photo:
    known = source_of(group, source, own=True)
    return Photo(path_as_written(path), label, sha256, group, split, group_source=known)
