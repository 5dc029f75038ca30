"""Values of rows <-> cells of a CSV file that is safe to open in a spreadsheet.

A spreadsheet runs a cell that begins with one of `= + - @`, a tab or a line end. Such a text gets
an apostrophe before it, unless it is a number; so does one that begins with an apostrophe, and the
empty text, since an empty cell is no value. Reading takes one apostrophe away.
"""

import re

Cell = str | int | None
_RISKY = re.compile(r"[=+\-@\t\r\n'\uff0b\uff0d\uff1d\uff20]")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def to_cell(value: Cell) -> str:
    """The text of a value in a CSV file."""
    if value is None:
        return ""
    text = str(value)
    if not text or (_RISKY.match(text) and not _NUMBER.fullmatch(text)):
        return f"'{text}"
    return text


def from_cell(text: str) -> str | None:
    """The value of a cell; None for an empty one."""
    return text.removeprefix("'") if text else None
