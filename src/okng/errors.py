"""Every error that okng raises, as one tree.

OkngError
+-- ConfigError       settings, flags, or an unknown backbone
+-- DatasetError      the folder of photos, the manifest, a split
|   +-- PhotoError    one photo that cannot be read
+-- ModelFileError    the .onnx file
+-- EngineError       the inspection engine does not take a photo
|   +-- EngineClosedError, EngineFullError
+-- RecordsError      the records of a station cannot be written or read
|   +-- RecordsConflictError  there is such a row already
|   +-- RecordsRowsError      rows from elsewhere do not have the form of records
+-- StationError      the station does not accept a request
|   +-- BusyError     it is full, or this client asks too much
|   +-- DeniedError   who asks is not known, or may not do this
|   +-- MissingError  what is asked for is not there
+-- ConnectError      a source, a sink or a PLC cannot be reached
|   +-- RefusedError  the other side takes no such verdict, now or later
+-- DeployError       a cloud does not create, answer or remove what it should
+-- TrainingError     training, export, or the run folder
    +-- RunBusyError  another process works in the run folder

Library code raises these and never prints or exits. Only the edges (`cli`, `serve`) end a process
or a request with them, by the one table `OUTCOMES`. A message says what is wrong, where, what was
allowed, and what to do next. Settings and arguments stand in it by name, in backticks:
`training.epochs`, `out`; the edges show them in their own way.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import ClassVar, NamedTuple

from okng.error_codes import Code
from okng.text import shown, shown_lines


class OkngError(Exception):
    """Base of all errors of okng.

    Args:
        what: the fault, in one sentence.
        where: the file, folder, setting or argument at fault.
        allowed: what would have been accepted.
        hint: the next step for the person who reads it.
        code: a name for the fault that programs rely on; that of the class when left out.
    """

    default_code: ClassVar[Code] = Code.ERROR

    def __init__(
        self,
        what: str,
        *,
        where: object = None,
        allowed: object = None,
        hint: str | None = None,
        code: Code | None = None,
    ) -> None:
        self.what = what
        self.where = where
        self.allowed = allowed
        self.hint = hint
        self.code = code or self.default_code
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
        parts = (self.what, self.where, self.allowed, self.hint, self.code)
        return (_rebuild, (type(self), *parts))


class ConfigError(OkngError):
    """Settings that are unknown, of the wrong type, or out of range; all faults in one error."""

    default_code = Code.SETTINGS_INVALID

    @classmethod
    def gather(
        cls, faults: Sequence[str], *, where: object, hint: str, code: Code | None = None
    ) -> "ConfigError":
        """Join several faults into one error, so that a user repairs them in one go."""
        count = "a setting is" if len(faults) == 1 else f"{len(faults)} settings are"
        lines = "\n".join(f"  - {fault}" for fault in faults)
        return cls(f"{count} not valid:\n{lines}", where=where, hint=hint, code=code)


class DatasetError(OkngError):
    """The photos as a whole cannot be used: none found, one class, too few, an impossible split."""

    default_code = Code.PHOTOS_UNUSABLE


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
        code = Code(f"photo.{fault.value.replace(' ', '-')}")
        super().__init__(what, where=where, allowed=allowed, hint=hint, code=code)
        self.fault = fault

    def __reduce__(self) -> tuple[object, ...]:
        """Keep the kind of fault, too."""
        parts = (self.what, self.where, self.allowed, self.hint, self.fault)
        return (_rebuild_photo_error, parts)


class ModelFileError(OkngError):
    """The file is not a model file of okng, is damaged, or is not the one that was expected."""

    default_code = Code.MODEL_UNUSABLE


class EngineError(OkngError):
    """The inspection engine does not take a photo."""


class EngineClosedError(EngineError):
    """The engine is not open: it was closed, or never opened."""

    default_code = Code.ENGINE_CLOSED


class EngineFullError(EngineError):
    """Too many pixels are in flight, and there was no room for another photo in time."""

    default_code = Code.ENGINE_FULL


class RecordsError(OkngError):
    """The records of a station cannot be written or read: database down, full, locked, too new."""

    default_code = Code.RECORDS_FAILED


class RecordsConflictError(RecordsError):
    """There is such a row already, for another photo or with another content."""

    default_code = Code.RECORDS_CONFLICT


class RecordsRowsError(RecordsError):
    """Rows from elsewhere cannot join the records: another form, another station, a wrong hash."""

    default_code = Code.RECORDS_ROWS


class StationError(OkngError):
    """The station does not accept a request as it is."""

    default_code = Code.REQUEST_INVALID


class BusyError(StationError):
    """The station is full, or this client is over its limit.

    Args:
        what: the fault, in one sentence.
        retry_after: seconds after which a repeat is worth while.
        code: `station.full`, `station.timeout` or `client.limit`.
        hint: the next step for the person who reads it.
    """

    default_code = Code.STATION_FULL

    def __init__(
        self, what: str, *, retry_after: float, code: Code | None = None, hint: str | None = None
    ) -> None:
        super().__init__(what, hint=hint or "Repeat it later.", code=code)
        self.retry_after = retry_after

    def __reduce__(self) -> tuple[object, ...]:
        """Keep the time of the repeat, too."""
        return (_rebuild_busy, (self.what, self.retry_after, self.code, self.hint))


class DeniedError(StationError):
    """Who asks is not known (code `login.needed`), or may not do this (`role.missing`)."""

    default_code = Code.LOGIN_NEEDED


class MissingError(StationError):
    """What is asked for is not there."""

    default_code = Code.MISSING


class ConnectError(OkngError):
    """A source, a sink or a PLC cannot be reached, or the connection to it is lost.

    Args:
        what: the fault, in one sentence.
        where: the address, topic or setting at fault.
        allowed: what would have been accepted.
        hint: the next step for the person who reads it.
        code: a name for the fault that programs rely on.
        retry_after: seconds after which the other side wants the next attempt; None if it named
            none.
    """

    default_code = Code.CONNECT_FAILED

    def __init__(
        self,
        what: str,
        *,
        where: object = None,
        allowed: object = None,
        hint: str | None = None,
        code: Code | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(what, where=where, allowed=allowed, hint=hint, code=code)
        self.retry_after = retry_after

    def __reduce__(self) -> tuple[object, ...]:
        """Keep the time of the next attempt, too."""
        parts = (self.what, self.where, self.allowed, self.hint, self.code, self.retry_after)
        return (_rebuild_connect, (type(self), *parts))


class RefusedError(ConnectError):
    """The other side is there and refuses what it was sent; a repeat changes nothing."""

    default_code = Code.CONNECT_REFUSED


class DeployError(OkngError):
    """A cloud refuses a request, does not finish it, or gives another verdict than this machine."""

    default_code = Code.CLOUD_FAILED


class TrainingError(OkngError):
    """Training or export cannot start or go on: weights, memory, disk, a diverged loss."""

    default_code = Code.TRAINING_FAILED


class RunBusyError(TrainingError):
    """Another process works in the run folder. Two would overwrite each other's files."""

    default_code = Code.RUN_LOCKED


class Outcome(NamedTuple):
    """What an error means to those who called.

    Attributes:
        exit_code: of a process of the command line.
        http_status: of an answer of the server.
    """

    exit_code: int
    http_status: int


OUTCOMES: dict[type[OkngError], Outcome] = {
    ConfigError: Outcome(2, 400),  # 2 is also what typer gives a wrong option
    DatasetError: Outcome(3, 422),
    ModelFileError: Outcome(4, 503),  # the station's own model: the request was right
    EngineError: Outcome(5, 503),
    RecordsError: Outcome(5, 503),
    RecordsConflictError: Outcome(5, 409),
    RecordsRowsError: Outcome(5, 422),
    StationError: Outcome(2, 400),
    BusyError: Outcome(5, 503),
    DeniedError: Outcome(5, 401),
    MissingError: Outcome(3, 404),
    ConnectError: Outcome(5, 503),
    DeployError: Outcome(5, 502),
    RunBusyError: Outcome(5, 409),
    OkngError: Outcome(5, 500),
}
"""A class that is not in the table has the outcome of the nearest class above it."""


STATUSES: dict[Code, int] = {
    Code.ROLE_MISSING: 403,
    Code.ORIGIN_FOREIGN: 403,
    Code.CLIENT_LIMIT: 429,
    Code.STATION_BLOCKED: 503,
    Code.LOGIN_LOCKED: 429,
    Code.STATION_TIMEOUT: 504,
    # the model is sound, and the request asks for what it does not have
    Code.THRESHOLD_NO_OK_CLASS: 422,
    Code.THRESHOLD_NO_UNFAMILIARITY: 422,
    Code.REQUEST_TOO_LARGE: 413,
    Code.REQUEST_SLOW: 408,
    Code.REQUEST_MEDIA_TYPE: 415,
    Code.REQUEST_ACCEPT: 406,
    Code.DISK_FULL: 507,
}
"""HTTP statuses of codes that differ from that of their class."""


def outcome(error: type[OkngError]) -> Outcome:
    """Exit code and HTTP status of a class of errors."""
    return next(OUTCOMES[cls] for cls in error.__mro__ if cls in OUTCOMES)


def http_status(error: OkngError) -> int:
    """HTTP status of an error: that of its code, else that of its class."""
    return STATUSES.get(error.code, outcome(type(error)).http_status)


def _rebuild_busy(what: str, retry_after: float, code: Code, hint: str) -> BusyError:
    return BusyError(what, retry_after=retry_after, code=code, hint=hint)


def _rebuild(
    cls: type[OkngError],
    what: str,
    where: object,
    allowed: object,
    hint: str | None,
    code: Code,
) -> OkngError:
    return cls(what, where=where, allowed=allowed, hint=hint, code=code)


def _rebuild_connect(
    cls: type[ConnectError],
    what: str,
    where: object,
    allowed: object,
    hint: str | None,
    code: Code,
    retry_after: float | None,
) -> ConnectError:
    return cls(what, where=where, allowed=allowed, hint=hint, code=code, retry_after=retry_after)


def _rebuild_photo_error(
    what: str, where: object, allowed: object, hint: str | None, fault: PhotoFault
) -> PhotoError:
    return PhotoError(what, where=where, allowed=allowed, hint=hint, fault=fault)
