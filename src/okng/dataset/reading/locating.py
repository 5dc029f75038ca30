"""Files that a table names -> the files that are there, however their names are spelt."""

import contextlib
import json
import os
import unicodedata
from collections import defaultdict
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote

_HEAD = "audit.json"


class Locator:
    r"""Finds files by the paths in a table.

    A path is looked for as it stands; with `\` read as `/`; with `%20` and the like decoded; then
    part by part without regard to case and composition (NFC, NFD), where one file alone fits.

    Args:
        root: the folder of the table; paths are relative to it.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._listed: dict[Path, dict[str, list[str]]] = {}

    def find(self, cell: str) -> str | None:
        """The path of the file that is meant, as it stands on the disk, or None.

        It is relative to the root, or absolute where the table says so or was moved away from the
        photos by okng itself.
        """
        for root in (self.root, self.home):
            for spelt in _spellings(cell):
                if root is not None and (found := self._below(root, spelt)):
                    return found if root is self.root else (root / found).as_posix()
        return None

    @cached_property
    def home(self) -> Path | None:
        """The folder of the photos of a run, where the table is the manifest of one."""
        try:
            audit = json.loads((self.root / _HEAD).read_text(encoding="utf-8"))
            return Path(audit["summary"]["root"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def hint(self, cell: str) -> str:
        """Where a file of that path lies instead, one folder below the root; or nothing."""
        try:
            folders = [item.name for item in os.scandir(self.root) if item.is_dir()]
        except OSError:
            return ""
        inside = [f"{name}/{cell}" for name in folders if self._below(self.root, f"{name}/{cell}")]
        return f" ({inside[0]} is there)" if inside else ""

    def _below(self, root: Path, path: str) -> str | None:
        if (root / path).is_file():
            return Path(path).as_posix()
        place, found = root, []
        for part in Path(path).parts:
            if part in {os.sep, "..", "."} or Path(part).anchor:
                return None
            names = self._names(place).get(_key(part), [])
            name = part if part in names else names[0] if len(names) == 1 else None
            if name is None:
                return None
            place /= name
            found.append(name)
        return "/".join(found) if found and place.is_file() else None

    def _names(self, folder: Path) -> dict[str, list[str]]:
        if folder not in self._listed:
            names: dict[str, list[str]] = defaultdict(list)
            try:
                with os.scandir(folder) as listed:
                    for item in listed:
                        names[_key(item.name)].append(item.name)
            except OSError:
                pass
            self._listed[folder] = names
        return self._listed[folder]


def _spellings(cell: str) -> list[str]:
    """The path itself first, then what it may stand for."""
    found = [cell, cell.replace("\\", "/"), unquote(cell.removeprefix("file://"))]
    with contextlib.suppress(UnicodeEncodeError):
        found.append(os.fsdecode(cell.encode("cp1252")))  # the bytes of an old Windows share
    return list(dict.fromkeys(found))


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
