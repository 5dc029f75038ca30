"""Every error that okng raises, as one tree.

OkngError
+-- ConfigError       settings, flags, or an unknown backbone
+-- DatasetError      the folder of photos, the manifest, a split
|   +-- PhotoError    one photo that cannot be read
+-- ModelFileError    the .onnx file
+-- TrainingError     training, export, or the run folder

Library code raises these and never prints or exits. Only `cli` turns them into exit codes.
A message says what is wrong, where, what was allowed, and what to do next.
"""

from collections.abc import Sequence
from enum import StrEnum

from okng.text import shown, shown_lines


class OkngError(Exception):
    """Base of all errors of okng.

    Args:
        what: the fault, in one sentence.
        where: the file, folder, key or flag at fault.
        allowed: what would have been accepted.
        hint: the next step for the person who reads it.
    """

    def __init__(
        self, what: str, *, where: object = None, allowed: object = None, hint: str | None = None
    ) -> None:
        self.what = what
        self.where = where
        self.allowed = allowed
        self.hint = hint
        super().__init__(self.message)

    @property
    def message(self) -> str:
        """The whole message, one line per aspect that is known; control characters are escaped."""
        where = None if self.where is None else shown(str(self.where))
        aspects = (("where", where), ("allowed", self.allowed), ("next", self.hint))
        lines = [f"  {name}: {value}" for name, value in aspects if value is not None]
        return shown_lines("\n".join([self.what, *lines]))

    def __reduce__(self) -> tuple[object, ...]:
        """Keep the parts when the error crosses a process boundary."""
        return (_rebuild, (type(self), self.what, self.where, self.allowed, self.hint))


class ConfigError(OkngError):
    """Settings that are unknown, of the wrong type, or out of range; all faults in one error."""

    @classmethod
    def gather(cls, faults: Sequence[str], *, where: object, hint: str) -> "ConfigError":
        """Join several faults into one error, so that a user repairs them in one go."""
        count = "a setting is" if len(faults) == 1 else f"{len(faults)} settings are"
        lines = "\n".join(f"  - {fault}" for fault in faults)
        return cls(f"{count} not valid:\n{lines}", where=where, hint=hint)


class DatasetError(OkngError):
    """The photos as a whole cannot be used: none found, one class, too few, an impossible split."""


class PhotoFault(StrEnum):
    """Why a photo cannot be read; each kind has a way out of its own."""

    DAMAGED = "damaged"
    EMPTY = "empty"
    DENIED = "denied"
    NO_PHOTO = "no photo"
    FORMAT = "format"
    FORM = "form"
    PAGES = "pages"
    RANGE = "range"
    DEPTH = "depth"
    SIZE = "size"
    OTHER = "other"


class PhotoError(DatasetError):
    """One photo cannot be read. It is listed and skipped; the others go on.

    Args:
        what: the fault, in one sentence.
        where: the file.
        allowed: what would have been accepted.
        hint: the next step for the person who reads it.
        fault: the kind of fault.
    """

    def __init__(
        self,
        what: str,
        *,
        where: object = None,
        allowed: object = None,
        hint: str | None = None,
        fault: PhotoFault = PhotoFault.OTHER,
    ) -> None:
        super().__init__(what, where=where, allowed=allowed, hint=hint)
        self.fault = fault

    def __reduce__(self) -> tuple[object, ...]:
        """Keep the kind of fault, too."""
        parts = (self.what, self.where, self.allowed, self.hint, self.fault)
        return (_rebuild_photo_error, parts)


class ModelFileError(OkngError):
    """The file is not a model file of okng, is damaged, or is not the one that was expected."""


class TrainingError(OkngError):
    """Training or export cannot start or go on: weights, memory, disk, a diverged loss."""


def _rebuild(
    cls: type[OkngError], what: str, where: object, allowed: object, hint: str | None
) -> OkngError:
    return cls(what, where=where, allowed=allowed, hint=hint)


def _rebuild_photo_error(
    what: str, where: object, allowed: object, hint: str | None, fault: PhotoFault
) -> PhotoError:
    return PhotoError(what, where=where, allowed=allowed, hint=hint, fault=fault)
