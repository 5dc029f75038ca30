"""Text of a table as Excel, Windows and programs write it -> names of columns and rows.

Commas, semicolons, tabs or bars; UTF-8 or UTF-16 with a mark or without, or cp1252; a first line
`sep=;`. Nothing here knows which columns there should be.
"""

import csv
import io
from pathlib import Path
from typing import NamedTuple

from okng.errors import DatasetError

Row = dict[str, str]
_SEPARATORS = ",;\t|"
_OWN = "sha256"  # okng's own manifests keep bytes of names that are no UTF-8 as they are


class TableText(NamedTuple):
    """A table.

    Attributes:
        columns: their names, without outer spaces.
        rows: by column; a short row has empty values.
        numbers: of the line in the file that each row ends on.
    """

    columns: list[str]
    rows: list[Row]
    numbers: list[int]


def read_csv_text(file: Path) -> TableText:
    """Read a table of text.

    Raises:
        DatasetError: it is none.
    """
    try:
        text = _decoded(file.read_bytes())
        head = _separator_line(text)
        separator = head or _separator(text)
        body = text.split("\n", 1)[1] if head else text
        reader = csv.reader(io.StringIO(body, newline=""), delimiter=separator, strict=True)
        lines = [(line, reader.line_num + bool(head)) for line in reader if line]
        while lines and not any(cell.strip() for cell in lines[-1][0]):
            del lines[-1]  # Excel keeps rows that were emptied
    except (OSError, ValueError, csv.Error) as exc:
        raise DatasetError(
            f"The manifest cannot be read as a CSV table: {exc}",
            where=file,
            hint="Save it as CSV in UTF-8, or give a folder.",
        ) from exc
    columns = [cell.strip() for cell in lines[0][0]] if lines else []
    rows = [
        dict(zip(columns, [*line, *[""] * (len(columns) - len(line))], strict=False))
        for line, _ in lines[1:]
    ]
    return TableText(columns, rows, [number for _, number in lines[1:]])


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _without_nulls(data.decode("utf-16"))
    if data[1:2] == b"\0":
        return _without_nulls(data.decode("utf-16-le"))
    try:
        return _without_nulls(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        own = _OWN.encode() in data.split(b"\n", 1)[0]
        return _without_nulls(
            data.decode("utf-8", "surrogateescape") if own else data.decode("cp1252", "replace")
        )


def _without_nulls(text: str) -> str:
    if "\0" in text:
        raise ValueError("it holds zero bytes, so it is no text")
    return text


def _separator_line(text: str) -> str:
    """What a first line `sep=;` asks for, or nothing."""
    line = text.split("\n", 1)[0].strip().strip('"')
    if line.lower().startswith("sep=") and len(line) == 5:
        return line[4]
    return "\t" if line.lower() == "sep=" else ""


def _separator(text: str) -> str:
    """The separator that stands most often in the first line, outside of quotes."""
    line = text.lstrip("\n\r").split("\n", 1)[0]
    outside = "".join(line.split('"')[::2])
    return max(_SEPARATORS, key=outside.count) if outside else ","
