"""Explains sources that are neither a folder nor a table: archives, spreadsheets, addresses."""

import zipfile
from collections.abc import Collection
from pathlib import Path

from okng.error_codes import Code
from okng.errors import DatasetError
from okng.preprocess import PHOTO_SUFFIXES, UNREAD_PHOTO_SUFFIXES

_ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst")
_SHEETS = (".xlsx", ".xls", ".xlsm", ".ods", ".numbers")
_STARTS = {
    b"PK\x03\x04": ".zip", b"7z\xbc\xaf": ".7z", b"Rar!": ".rar", b"\x1f\x8b": ".gz",
    b"\xd0\xcf\x11\xe0": ".xls", b"\xff\xd8\xff": ".jpg", b"\x89PNG": ".png", b"%PDF": ".pdf",
    b"GIF8": ".gif", b"II*\0": ".tif", b"MM\0*": ".tif", b"SQLite": ".sqlite",
}  # fmt: skip

_TABLE = "Write a CSV table with the columns path and label, one row a photo."
_STRANGERS: tuple[tuple[Collection[str], str, str], ...] = (
    (
        _SHEETS,
        "This is a spreadsheet, not a CSV table",
        "Save it as CSV UTF-8 with the columns path and label.",
    ),
    (
        _ARCHIVES,
        "This is an archive",
        "Unpack it, and give the folder that holds the class folders.",
    ),
    (
        PHOTO_SUFFIXES | UNREAD_PHOTO_SUFFIXES,
        "This is a single photo; photos of every class are needed",
        "Give the folder that holds the class folders. To judge one photo: okng predict MODEL {}",
    ),
    (
        (".json", ".jsonl", ".ndjson", ".xml", ".yaml", ".yml"),
        "This is a {} file, not a table",
        _TABLE,
    ),
    (
        (".onnx", ".pdf", ".sqlite", ".docx", ".mp4", ".avi", ".mov"),
        "This is a {} file, neither a folder nor a table",
        "Give the folder of the photos.",
    ),
)


def refuse_strangers(source: str, accepted: str) -> None:
    """Refuse addresses, archives, spreadsheets, JSON, single photos, and what is not there.

    Args:
        source: what the user gave for PHOTOS.
        accepted: the accepted layouts, for the error.

    Raises:
        DatasetError: with the kind of the source, and what to do.
    """
    what, hint = _kind(source)
    if what:
        raise DatasetError(
            what,
            where=source,
            allowed=accepted,
            hint=hint,
            code=Code.PHOTOS_LAYOUT,
        )


def _kind(source: str) -> tuple[str, str]:
    """A description of the source and a hint; empty for a folder and for a possible table."""
    path = Path(source)
    if _is_address(source, path):
        return "This is a web address; okng does not download", "Save the photos in a folder."
    if not path.exists():
        return "There is no such folder or file", _near(path)
    if path.is_dir():
        return "", ""
    named = path.suffix.lower()
    # The content decides, as files are often renamed; a workbook is a zip file by its content.
    suffix = named if named in _SHEETS else _by_content(path) or named
    if suffix == ".zip" and _is_workbook(path):
        suffix = ".xlsx"
    if suffix == ".json" and _is_coco(path):
        return "These are annotations for object detection (COCO), not a table", _TABLE
    for suffixes, what, hint in _STRANGERS:
        if suffix in suffixes:
            return what.format(suffix[1:].upper()), hint.format(source)
    return "", ""


def _is_address(source: str, path: Path) -> bool:
    """Whether the source is a URL, also after `Path` merged its slashes; a drive has one letter."""
    scheme, colon, rest = source.partition(":")
    return bool(colon) and len(scheme) > 1 and rest.startswith("/") and not path.exists()


def _is_workbook(path: Path) -> bool:
    """Whether an archive is an Excel workbook under another name."""
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (OSError, zipfile.BadZipFile):
        return False


def _is_coco(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            head = file.read(65_536)
    except OSError:
        return False
    return b'"images"' in head and b'"file_name"' in head


def _by_content(path: Path) -> str:
    """The suffix of the format that the first bytes identify, or an empty text."""
    try:
        with path.open("rb") as file:
            head = file.read(8)
    except OSError:
        return ""
    return next((suffix for start, suffix in _STARTS.items() if head.startswith(start)), "")


def _near(path: Path) -> str:
    """A hint on a similar name in the same folder, or general advice."""
    import difflib  # noqa: PLC0415 - for an error alone

    try:
        names = [item.name for item in path.resolve().parent.iterdir()]
    except OSError:
        return f"There is no folder {path.parent} either: check the path."
    near = difflib.get_close_matches(path.name, names, n=1)
    return f"Did you mean {path.with_name(near[0])}?" if near else "Check the path."
