"""Settings of a hot folder."""

import os
import re
from enum import StrEnum
from pathlib import Path
from typing import ClassVar

from pydantic import Field, field_validator

from okng.config import Duration
from okng.connect.contracts import Around, Finding, Source, SourceSettings
from okng.connect.sources.folder.naming import NAMES
from okng.connect.sources.folder.shares import is_on_share
from okng.connect.sources.folder.source import FolderSource, Manner
from okng.error_codes import Code
from okng.errors import ConfigError


class After(StrEnum):
    """What becomes of a file once its part is judged."""

    MOVE = "move"
    LEAVE = "leave"
    DELETE = "delete"


class Until(StrEnum):
    """How long a folder is watched."""

    STOPPED = "stopped"
    EMPTY = "empty"


class FolderSettings(SourceSettings):
    """A folder that photos are written to."""

    kind: ClassVar[str] = "folder"

    path: Path = Field(description="Folder that photos arrive in.")
    after: After = Field(
        After.MOVE,
        description="After judging: move into ok, ng, review or error, leave, or delete.",
    )
    sort_into: Path | None = Field(
        None, description="Where ok, ng, review and error are; in the folder itself if not given."
    )
    serial: str | None = Field(
        None,
        description="Regular expression for names of files; what its groups `serial`, `batch` and "
        "`product` match is that of the part.",
    )
    poll: Duration | None = Field(
        None,
        gt=0,
        description="Look into the folder so often; if not given, when the system reports a "
        "change, and each second on a network share, where it reports none.",
    )
    steady: Duration = Field(
        1.0, gt=0, description="Time without a change after which a file counts as whole whose "
        "format does not show its end.",
    )  # fmt: skip
    whole_within: Duration = Field(
        10.0, gt=0, description="Time without a change after which a cut-off file is an error."
    )
    until: Until = Field(
        Until.STOPPED, description="Watch until the line stops, or until no photo waits (empty)."
    )
    frozen_after: int = Field(
        0, ge=0, description="So many identical photos in a row are rejected; 0 for never."
    )

    @field_validator("serial")
    @classmethod
    def _names_groups(cls, value: str | None) -> str | None:
        if value is None:
            return None
        try:
            groups = set(re.compile(value).groupindex)
        except re.error as exc:
            raise ValueError(f"{value!r} is no regular expression: {exc}") from exc
        if not groups or not groups <= set(NAMES):
            raise ValueError(f"{value!r} must have groups such as (?P<serial>...): {NAMES}")
        return value

    def check(self, around: Around) -> list[Finding]:  # noqa: ARG002 - as the contract has it
        """Look at the folder, and at those that photos are moved into."""
        folder = self.path.absolute()
        _require(folder.is_dir(), "There is no such folder", folder, "Make it, or correct `path`.")
        _require(os.access(folder, os.R_OK | os.X_OK), "The folder may not be read", folder,
                 "Give this user the right to read it.")  # fmt: skip
        match = [Finding("folder", str(folder))]
        if self.after is not After.LEAVE:
            hint = "Give this user the right to write to it, or set `after` to leave."
            _require(os.access(folder, os.W_OK), "Photos may not be moved out of it", folder, hint)
        if self.after is After.MOVE:
            match.append(Finding("sorted into", str(self._target)))
        interval = self.poll_seconds
        how = "reports of the system" if interval is None else f"a look each {interval:g} s"
        return [*match, Finding("changes", how)]

    def source(self, around: Around) -> Source:
        """The folder; nothing is read yet."""
        manner = Manner(
            target=self._target if self.after is After.MOVE else None,
            deletes=self.after is After.DELETE,
            pattern=None if self.serial is None else re.compile(self.serial),
            poll=self.poll_seconds,
            steady=self.steady,
            whole_within=self.whole_within,
            ends=self.until is Until.EMPTY,
        )
        return FolderSource(self.path.absolute(), manner, around, self.name or self.kind)

    @property
    def poll_seconds(self) -> float | None:
        """Seconds between two looks; None where the system reports changes."""
        if self.poll is not None:
            return self.poll
        return 1.0 if is_on_share(self.path) else None

    @property
    def _target(self) -> Path:
        return (self.sort_into or self.path).absolute()


def _require(fact: bool, what: str, where: Path, hint: str) -> None:
    if not fact:
        raise ConfigError(what, where=where, hint=hint, code=Code.CONNECT_FAILED)
