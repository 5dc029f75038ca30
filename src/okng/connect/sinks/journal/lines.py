"""Messages as lines: one line each, whatever is in them."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Any, Protocol

from okng.connect.messages import Message
from okng.records.transfer.cells import to_cell


class Form(Protocol):
    """Messages as lines: one line each, whatever is in them.

    Attributes:
        head: what a new file begins with.
    """

    head: bytes

    def line(self, message: Message) -> bytes:
        """A message with its line end."""

    def identifier(self, line: bytes) -> str:
        """The identifier of the message in a line; empty where somebody has written into it."""


class Csv:
    """Cells that a spreadsheet does not run; the identifier is the first of them."""

    def __init__(self, message: type[Message]) -> None:
        names = [field.alias or name for name, field in message.model_fields.items()]
        self._names = ["id", *(name for name in names if name != "id")]
        # Excel takes a file for UTF-8 by these three bytes only
        self.head = b"\xef\xbb\xbf" + _row(self._names)

    def line(self, message: Message) -> bytes:
        """A row of cells."""
        values = message.model_dump(mode="json", by_alias=True)
        return _row([_cell(values[name]) for name in self._names])

    def identifier(self, line: bytes) -> str:
        """The first cell."""
        return line.decode("utf-8", "replace").partition(",")[0]


class JsonLines:
    """One object for each line."""

    head = b""

    def line(self, message: Message) -> bytes:
        """An object."""
        return message.body() + b"\n"

    def identifier(self, line: bytes) -> str:
        """The value of `id`."""
        try:
            return str(json.loads(line)["id"])
        except (ValueError, KeyError, TypeError):
            return ""


def _row(cells: Sequence[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue().encode("utf-8", "replace")


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        value = json.dumps(value, ensure_ascii=False)
    text = "" if value is None or value == "" else to_cell(str(value))
    # one line for each verdict, so that a cut one can be told from a whole one
    return " ".join(text.splitlines()) if len(text.splitlines()) > 1 else text
