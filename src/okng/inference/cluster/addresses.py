"""From what a user names to addresses of photos: absolute paths and URLs, each once."""

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from okng.dataset.records import LeftOut
from okng.dataset.tree import is_photo_name
from okng.error_codes import Code
from okng.errors import DatasetError
from okng.inference.cluster.remote import file_system
from okng.inference.paths import find_named

LISTS = (".txt", ".csv", ".parquet")
"""Suffixes of files that list photos."""
_COLUMN = "path"


class Addresses(NamedTuple):
    """What a user named.

    Attributes:
        photos: absolute paths and URLs, each once, in the order of their naming.
        left_out: files in folders and patterns that are no photos.
    """

    photos: list[str]
    left_out: list[LeftOut]


def is_url(address: str) -> bool:
    """Whether an address is read by fsspec, such as `s3://bucket/part.jpg`."""
    return "://" in address


def find_addresses(arguments: Iterable[str]) -> Addresses:
    """Photos named by files, folders, patterns, URLs, and lists of those.

    A list is a text file with one address a line, or a table with a column `path`. Its relative
    paths start at its own folder.

    Raises:
        DatasetError: there is no photo, a list or a place cannot be read.
    """
    photos: dict[str, None] = {}  # a set that keeps its order
    left_out: list[LeftOut] = []
    for argument in arguments:
        if is_url(argument):
            photos |= dict.fromkeys(_below(argument))
        elif Path(argument).suffix.lower() in LISTS and Path(argument).is_file():
            photos |= dict.fromkeys(_listed(Path(argument)))
        else:
            named = find_named([argument])
            # Workers have folders of their own to start from.
            photos |= dict.fromkeys(str(photo.path.absolute()) for photo in named.photos)
            left_out += named.left_out
    if not photos:
        raise DatasetError(
            "No photo was found",
            where=", ".join(arguments),
            allowed=f"photos, folders, patterns, URLs, or lists: {', '.join(LISTS)}",
            hint="Check the path.",
            code=Code.PHOTOS_NONE,
        )
    return Addresses(list(photos), left_out)


def _below(url: str) -> Iterator[str]:
    """The URL of a file, or of the photos below a folder or of a pattern, sorted."""
    files, path = file_system(url)
    try:
        if any(sign in path for sign in "*?["):
            paths = [str(match) for match in files.glob(path)]
        elif files.isdir(path):
            paths = [str(match) for match in files.find(path)]
        else:
            yield url
            return
    except OSError as exc:
        raise DatasetError(
            f"The place cannot be read: {exc}",
            where=url.partition("?")[0],  # behind the question mark may stand a key
            hint="Check address and rights.",
            code=Code.PHOTO_STORE,
        ) from exc
    for each in sorted(filter(is_photo_name, paths)):
        yield str(files.unstrip_protocol(each))


def _listed(file: Path) -> Iterator[str]:
    for line in _lines(file):
        if is_url(line):
            yield line
        elif line:
            yield str((file.parent / line).absolute())


def _lines(file: Path) -> list[str]:
    """The addresses in a list, as they are written."""
    try:
        if file.suffix.lower() == ".parquet":
            import pyarrow.parquet as pq  # noqa: PLC0415 - comes with an extra

            return [str(each) for each in pq.read_table(file, columns=[_COLUMN])[0].to_pylist()]
        text = file.read_text(encoding="utf-8-sig")
        if file.suffix.lower() == ".txt":
            return [line.strip() for line in text.splitlines()]
        return [row[_COLUMN] for row in csv.DictReader(text.splitlines())]
    except (OSError, ValueError, KeyError) as exc:
        raise DatasetError(
            f"The list of photos cannot be read: {exc}",
            where=file,
            allowed=f"one address a line (.txt), or a column {_COLUMN} (.csv, .parquet)",
            hint="Write it anew.",
            code=Code.MANIFEST_UNREADABLE,
        ) from exc
