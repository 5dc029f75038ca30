"""Parses text tables as Excel, Windows and other programs write them.

Separators: comma, semicolon, tab or bar. Encodings: UTF-8 or UTF-16, with or without a byte order
mark, or cp1252. A first line `sep=;` is honoured. Which columns are required is not checked here.
"""

import csv
import io
from pathlib import Path
from typing import NamedTuple

from okng.error_codes import Code
from okng.errors import DatasetError

Row = dict[str, str]
_SEPARATORS = ",;\t|"
_OWN = "sha256"  # a column of okng's own manifests, where file names that are not UTF-8 keep bytes


class TableText(NamedTuple):
    """A table.

    Attributes:
        columns: names of the columns, without outer spaces.
        rows: cells by column; missing cells at the end of a row are empty.
        numbers: for each row, the line of the file that it ends on, from 1.
    """

    columns: list[str]
    rows: list[Row]
    numbers: list[int]


def read_csv_text(file: Path) -> TableText:
    """Read a table of text.

    Raises:
        DatasetError: the file is not a text table.
    """
    try:
        text = _decoded(file.read_bytes())
        head = _separator_line(text)
        separator = head or _separator(text)
        body = text.split("\n", 1)[1] if head else text
        reader = csv.reader(io.StringIO(body, newline=""), delimiter=separator, strict=True)
        lines = [(line, reader.line_num + bool(head)) for line in reader if line]
        while lines and not any(cell.strip() for cell in lines[-1][0]):
            del lines[-1]  # Excel writes rows whose cells were cleared
    except (OSError, ValueError, csv.Error) as exc:
        raise DatasetError(
            f"The manifest cannot be read as a CSV table: {exc}",
            where=file,
            hint="Save it as CSV in UTF-8, or give a folder.",
            code=Code.MANIFEST_UNREADABLE,
        ) from exc
    columns = [cell.strip() for cell in lines[0][0]] if lines else []
    rows = [
        dict(zip(columns, [*line, *[""] * (len(columns) - len(line))], strict=False))
        for line, _ in lines[1:]
    ]
    return TableText(columns, rows, [number for _, number in lines[1:]])


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):  # byte order mark
        return _without_nulls(data.decode("utf-16"))
    if data[1:2] == b"\0":  # ASCII as UTF-16 without a mark
        return _without_nulls(data.decode("utf-16-le"))
    try:
        return _without_nulls(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        # cp1252 for Excel on western Windows; a manifest of okng has raw bytes in file names.
        own = _OWN.encode() in data.split(b"\n", 1)[0]
        return _without_nulls(
            data.decode("utf-8", "surrogateescape") if own else data.decode("cp1252", "replace")
        )


def _without_nulls(text: str) -> str:
    if "\0" in text:
        raise ValueError("it contains zero bytes, so it is not text")
    return text


def _separator_line(text: str) -> str:
    """The separator that a first line `sep=;` declares, or an empty text."""
    line = text.split("\n", 1)[0].strip().strip('"')
    if line.lower().startswith("sep=") and len(line) == 5:
        return line[4]
    return "\t" if line.lower() == "sep=" else ""


def _separator(text: str) -> str:
    """The most frequent separator of the first line, outside of quotes."""
    line = text.lstrip("\n\r").split("\n", 1)[0]
    outside = "".join(line.split('"')[::2])
    return max(_SEPARATORS, key=outside.count) if outside else ","
