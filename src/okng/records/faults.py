"""Errors of a database -> errors of okng, each with its way out."""

from sqlalchemy.exc import IntegrityError, OperationalError

from okng.error_codes import Code
from okng.errors import RecordsConflictError, RecordsError

_FULL = ("disk is full", "no space left", "disk full")
_LOCKED = ("database is locked", "lock timeout", "deadlock")
_READ_ONLY = ("readonly database", "read-only")


def from_database(fault: Exception) -> RecordsError:
    """The error of okng for one of the database or its driver."""
    text = str(getattr(fault, "orig", None) or fault).splitlines()[0]
    if isinstance(fault, IntegrityError):
        return RecordsConflictError(
            f"The database holds such a row already: {text}",
            hint="Read the inspection of that idempotency key, or take another key.",
        )
    lower = text.lower()
    if any(mark in lower for mark in _FULL):
        return _failed(text, Code.DISK_FULL, "Free space where the records are stored.")
    if any(mark in lower for mark in _LOCKED):
        return _failed(text, Code.RECORDS_LOCKED, "Close the program that holds it, and repeat.")
    if any(mark in lower for mark in _READ_ONLY):
        hint = "Give the station the right to write there."
        return _failed(text, Code.FILE_NOT_WRITABLE, hint)
    if isinstance(fault, OperationalError | OSError):
        return _failed(text, Code.RECORDS_UNREACHABLE, "Check that the database runs and is there.")
    return _failed(text, Code.RECORDS_FAILED, "Check the database with `okng records verify`.")


def stopped() -> RecordsError:
    """The error of records that are closed."""
    return RecordsError(
        "The records are closed", hint="The station is stopping.", code=Code.RECORDS_CLOSED
    )


def _failed(text: str, code: Code, hint: str) -> RecordsError:
    return RecordsError(f"The records cannot be written or read: {text}", hint=hint, code=code)
