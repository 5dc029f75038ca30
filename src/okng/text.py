"""Escapes names of files and classes for output to a terminal, a log, a page or a table.

A file name may contain any bytes. Python represents bytes that are not UTF-8 as lone surrogates,
which no encoder accepts; control characters may change the state of a terminal.
"""

import hashlib
import os
import re
import unicodedata

_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_LINE_CONTROLS = frozenset("\n\t")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""First characters that make a spreadsheet run a cell (OWASP, "CSV injection")."""
_NAME_BYTES = 240  # most file systems allow 255 bytes per name; temporary names add a few
_BYTE = re.compile(r"\\u(dc[89a-f][0-9a-f])")
_DEFUSED = re.compile(r"'(?=[=+\-@\t\r])")


def shown(name: str) -> str:
    r"""A name for display on one line: control, bidi and undecodable characters are escaped.

    Bytes that are not UTF-8 are shown as bytes (`\xf6`), other characters by number (`\u202e`).
    """
    return name if name.isprintable() else "".join(map(_escaped, name))


def shown_lines(text: str) -> str:
    """The same for text of several lines: line breaks and tabs stay."""
    return "".join(c if c in _LINE_CONTROLS else _escaped(c) for c in text)


def to_bytes(text: str) -> bytes:
    r"""Text as valid UTF-8, whatever file names it contains.

    A byte that is not UTF-8 becomes `\udcXX`, the notation of JSON: a program that reads the JSON
    gets the original name back (`os.fsencode`). In other files it stays readable.
    """
    return text.encode("utf-8", "backslashreplace")


def from_bytes(text: str) -> str:
    """The inverse of `to_bytes`: escapes become the original bytes of the names."""
    return _BYTE.sub(lambda match: chr(int(match[1], 16)), text)


def harmless(cell: str) -> str:
    """A cell that no spreadsheet runs as a formula: an apostrophe is put before such a start."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def as_written(cell: str) -> str:
    """The inverse of `harmless`."""
    return cell[1:] if _DEFUSED.match(cell) else cell


def harmless_path(path: str) -> str:
    """A path that no spreadsheet runs as a formula, and that still opens the same file."""
    return f"./{path}" if path.startswith(_FORMULA) else path


def path_as_written(path: str) -> str:
    """The inverse of `harmless_path`."""
    plain = path.removeprefix("./")
    return plain if plain.startswith(_FORMULA) else path


def short_name(name: str, suffix: str) -> str:
    """A file name with a suffix; a name too long for a file system is cut and ends in a digest."""
    if len(os.fsencode(name + suffix)) <= _NAME_BYTES:
        return name + suffix
    whole = os.fsencode(name)
    digest = hashlib.sha256(whole).hexdigest()[:12]
    start = whole[: _NAME_BYTES - len(digest) - len(suffix) - 1].decode("utf-8", "ignore")
    return f"{start}-{digest}{suffix}"


def _escaped(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is no UTF-8 (PEP 383)
        return f"\\x{code - 0xDC00:02x}"
    if character.isprintable() or unicodedata.category(character) == "Zs":
        return character
    if code < 0x100:
        return _SHORT.get(character, f"\\x{code:02x}")
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
