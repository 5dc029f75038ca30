"""Errors of a database -> errors of okng, each with its way out."""

from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError

from okng.error_codes import Code
from okng.errors import RecordsConflictError, RecordsError

_KINDS = (
    (("disk is full", "no space left", "disk full"), Code.DISK_FULL,
     "Free space where the records are stored."),
    (("database is locked", "lock timeout", "deadlock"), Code.RECORDS_LOCKED,
     "Close the program that holds it, and repeat."),
    (("readonly database", "read-only"), Code.FILE_NOT_WRITABLE,
     "Give the station the right to write there."),
)  # fmt: skip
_OUTAGES = frozenset(
    {Code.DISK_FULL, Code.RECORDS_LOCKED, Code.RECORDS_UNREACHABLE, Code.FILE_NOT_WRITABLE}
)


def from_database(fault: Exception) -> RecordsError:
    """The error of okng for one of the database or its driver."""
    if isinstance(fault, RecordsError):
        return fault
    text = str(getattr(fault, "orig", None) or fault).splitlines()[0]
    if isinstance(fault, IntegrityError):
        return RecordsConflictError(
            f"The database holds such a row already: {text}",
            hint="Read the inspection of that idempotency key, or take another key.",
        )
    lower = text.lower()
    for marks, code, hint in _KINDS:
        if any(mark in lower for mark in marks):
            return _failed(text, code, hint)
    if isinstance(fault, OperationalError | InterfaceError | OSError):
        return _failed(text, Code.RECORDS_UNREACHABLE, "Check that the database runs and is there.")
    return _failed(text, Code.RECORDS_FAILED, "Check the database with `okng records verify`.")


def is_outage(fault: RecordsError) -> bool:
    """Whether the database may take the same rows later."""
    return fault.code in _OUTAGES


def stopped() -> RecordsError:
    """The error of records that are closed."""
    return RecordsError(
        "The records are closed", hint="The station is stopping.", code=Code.RECORDS_CLOSED
    )


def _failed(text: str, code: Code, hint: str) -> RecordsError:
    return RecordsError(f"The records cannot be written or read: {text}", hint=hint, code=code)
