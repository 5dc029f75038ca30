"""The manifest of a run: path, digest, label, group and split of every photo."""

import csv
import io
from pathlib import Path

from okng.dataset.classes import find_ok_class, order_classes
from okng.dataset.records import Dataset, Photo
from okng.errors import DatasetError
from okng.files import write_atomic

COLUMNS = ("path", "sha256", "label", "group", "split")


def write_manifest(dataset: Dataset, path: Path) -> None:
    """Write the manifest as CSV, whole or not at all."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for photo in dataset.photos:
        writer.writerow([getattr(photo, column) for column in COLUMNS])
    write_atomic(path, text.getvalue())


def read_manifest(
    path: Path, root: Path, *, ok: str | None = None, no_ok: bool = False
) -> Dataset:
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
        with path.open(encoding="utf-8", newline="") as file:
            photos = tuple(
                Photo(**{column: row[column] for column in COLUMNS}) for row in csv.DictReader(file)
            )
    except (OSError, KeyError, TypeError, UnicodeDecodeError, csv.Error) as exc:
        raise DatasetError(
            f"The manifest cannot be read: {exc!r}",
            where=path,
            allowed=f"a CSV table with {', '.join(COLUMNS)}",
            hint="Start the run anew, into another folder.",
        ) from exc
    ok_class = find_ok_class({photo.label for photo in photos}, ok, no_ok=no_ok)
    return Dataset(root, photos, order_classes((p.label for p in photos), ok_class), ok_class)
