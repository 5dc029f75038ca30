"""Rows of verdicts with any name, in any encoding."""

import csv
import io
import json

from okng.inference.tables.rows import csv_writer, jsonl_writer
from okng.verdict import Judgement, Verdict

NAMES = ["=1+1.jpg", "a,b.jpg", "c\rd.jpg", "片.jpg", "gr\udcf6n.jpg", "-x\x1b[2J.jpg"]


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def verdicts() -> list[Verdict]:
    """One of each name; the class is a formula, too."""
    return [Verdict(Judgement.NG, 0.9, "=cmd", {"ok": 0.1, "=cmd": 0.9}, path=n) for n in NAMES]


def written(encoding: str) -> io.TextIOWrapper:
    """A file as `okng predict` opens one."""
    return io.TextIOWrapper(io.BytesIO(), encoding, errors="backslashreplace", newline="")


def test_every_name_is_one_row_in_every_encoding() -> None:
    """No name ends the table, and no cell is a formula."""
    for encoding in ("utf-8", "cp1252", "ascii"):
        file = written(encoding)
        write = csv_writer(file, ("ok", "=cmd"))
        for verdict in verdicts():
            write(verdict)
        file.seek(0)
        rows = list(csv.reader(file))

        assert len(rows) == 1 + len(NAMES)
        assert not [c for row in rows for c in row if c.startswith(("=", "-", "+", "@", "\r"))]
        assert rows[1][0] == "./=1+1.jpg"


def test_json_lines_give_the_very_name() -> None:
    """A program reads the names back, also from a file that is no UTF-8."""
    for encoding in ("utf-8", "cp1252"):
        file = written(encoding)
        write = jsonl_writer(file)
        for verdict in verdicts():
            write(verdict)
        file.seek(0)

        assert [json.loads(line)["path"] for line in file] == NAMES


def test_a_terminal_gets_no_control_characters() -> None:
    """Neither by CSV nor by JSON lines."""
    for make in (lambda f: csv_writer(f, ("ok", "=cmd")), jsonl_writer):
        file = _Terminal()
        write = make(file)
        for verdict in verdicts():
            write(verdict)

        assert "\x1b" not in file.getvalue()
        assert "\r" not in file.getvalue()
