"""Resolves the paths in a table to existing files, tolerating differences in spelling."""

import contextlib
import json
import os
import unicodedata
from collections import defaultdict
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote

from okng.runs.layout import AUDIT


class Locator:
    r"""Finds files by the paths in a table.

    A path is tried as it is; with `\` replaced by `/`; with `%20` and the like decoded; then name
    by name, ignoring case and Unicode composition (NFC, NFD), where exactly one file matches.

    Args:
        root: the folder of the table; paths are relative to it.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._listed: dict[Path, dict[str, list[str]]] = {}

    def find(self, cell: str) -> str | None:
        """The path of the matching file, spelt as on the disk, or None.

        It is relative to the root. It is absolute if the path in the table is absolute, or if the
        table is the manifest of a run, whose photos are in another folder.
        """
        for root in (self.root, self.home):
            for spelt in _spellings(cell):
                if root is not None and (path := self._below(root, spelt)):
                    return path if root is self.root else (root / path).as_posix()
        return None

    @cached_property
    def home(self) -> Path | None:
        """The folder of the photos of a run, if the table is the manifest of a run."""
        try:
            audit = json.loads((self.root / AUDIT).read_text(encoding="utf-8"))
            return Path(audit["summary"]["root"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def hint(self, cell: str) -> str:
        """A hint on a file of that path one folder below the root, or an empty text."""
        try:
            folders = [item.name for item in os.scandir(self.root) if item.is_dir()]
        except OSError:
            return ""
        inside = [f"{name}/{cell}" for name in folders if self._below(self.root, f"{name}/{cell}")]
        return f" ({inside[0]} exists)" if inside else ""

    def _below(self, root: Path, path: str) -> str | None:
        if (root / path).is_file():
            return Path(path).as_posix()
        place, names_on_disk = root, []
        for part in Path(path).parts:
            # Absolute and relative steps are not searched by name: they could leave the root.
            if part in {os.sep, "..", "."} or Path(part).anchor:
                return None
            names = self._names(place).get(_key(part), [])
            # Two names that differ only in case are ambiguous, unless one matches exactly.
            name = part if part in names else names[0] if len(names) == 1 else None
            if name is None:
                return None
            place /= name
            names_on_disk.append(name)
        return "/".join(names_on_disk) if names_on_disk and place.is_file() else None

    def _names(self, folder: Path) -> dict[str, list[str]]:
        # Each folder is listed once: a table may have a million rows.
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
    """The path itself first, then other spellings that it may stand for."""
    spellings = [cell, cell.replace("\\", "/"), unquote(cell.removeprefix("file://"))]
    with contextlib.suppress(UnicodeEncodeError):
        # A name in Latin-1 on an old Windows share is stored as cp1252 bytes.
        spellings.append(os.fsdecode(cell.encode("cp1252")))
    return list(dict.fromkeys(spellings))


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
