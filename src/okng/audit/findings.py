"""What the audit found, as it stands in `audit.json`."""

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from okng.files import write_atomic


class Entry(BaseModel):
    """A frozen row of a finding."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Fault(Entry):
    """A file that cannot be used, and why."""

    path: str
    reason: str


class Pair(Entry):
    """Two photos of one part; `score` in [0, 1] tells how sure that is, 1 for equal bytes."""

    a: str
    b: str
    score: float


class Conflict(Entry):
    """Two photos of one part with two labels."""

    a: str
    b: str
    label_a: str
    label_b: str


class Findings(Entry):
    """All findings; paths are relative to the photos' root.

    What was not looked for stands in `summary["not_checked"]` and has no list here: an empty list
    would say that nothing is there.
    """

    unreadable: list[Fault]
    exact_duplicates: list[Pair]
    groups: list[list[str]]
    leaks: list[Pair]
    label_conflicts: list[Conflict]
    summary: dict[str, Any]

    def write(self, path: Path) -> None:
        """Write `audit.json`, whole or not at all."""
        text = json.dumps(self.model_dump(), indent=2, ensure_ascii=False) + "\n"
        # Bytes of a file name that are no UTF-8 become \\udcXX, which is how JSON spells them.
        write_atomic(path, text.encode("utf-8", "backslashreplace"))
