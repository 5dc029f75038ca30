"""Each change of an account becomes an entry on record."""

import time
from collections.abc import Callable, Sequence
from enum import StrEnum

from sqlalchemy import Connection

from okng.accounts.store import Store
from okng.errors import OkngError, RecordsError
from okng.inference.inspection import new_id
from okng.records import Entry, Kind, Link, Records
from okng.records.faults import stopped
from okng.records.payloads import Audit, Payload

_SECONDS = 10.0
"""Within which an entry must be on the disk."""

Change = Callable[[Connection], None]
"""Changes rows of the accounts in a transaction."""


class Action(StrEnum):
    """What can happen to accounts."""

    USER_ADDED = "user-added"
    USER_CHANGED = "user-changed"
    USER_LOCKED = "user-locked"
    USER_UNLOCKED = "user-unlocked"
    USER_DISABLED = "user-disabled"
    USER_ENABLED = "user-enabled"
    PASSWORD_CHANGED = "password-changed"  # noqa: S105 - the name of an action
    PASSWORD_RESET = "password-reset"  # noqa: S105
    LOGIN = "login"
    LOGOUT = "logout"
    KEY_ADDED = "key-added"
    KEY_ROTATED = "key-rotated"
    KEY_REVOKED = "key-revoked"


class Auditor:
    """Puts changes of accounts on record, each in the transaction that makes it.

    Args:
        records: of the station; None for a station without records.
        station: name of the chain.
        store: the tables of the accounts.
    """

    def __init__(self, records: Records | None, station: str, store: Store) -> None:
        self._records, self._station, self._store = records, station, store

    def write(
        self, action: Action, subject: str, by: str, change: Change | None = None, **details: str
    ) -> None:
        """Make a change and put it on record: both or none. Returns once it is on the disk.

        Args:
            action: what is done.
            subject: `user:NAME` or `key:NAME` that it is done to.
            by: who does it: `user:NAME`, `key:NAME`, `local` or `command`.
            change: makes it; it may refuse it by an OkngError.
            details: what it is done with. Never a secret.

        Raises:
            OkngError: that of `change`.
            RecordsError: it could not be stored.
        """
        if self._records is not None:  # without records there is no log to write to
            payload = Audit(action=action, details=details)
            self.put(Kind.AUDIT, subject, by, payload, change=change)
        elif change is not None:
            with self._store.write() as connection:
                change(connection)

    def put(
        self,
        kind: Kind,
        subject: str,
        by: str,
        payload: Payload,
        *,
        station: str | None = None,
        change: Change | None = None,
    ) -> Entry:
        """Put an entry of any kind on record; returns once it is on the disk.

        Args:
            kind: of the entry.
            subject: what it is about.
            by: who did it.
            payload: in the form of the kind.
            station: name of the chain; this station if not given.
            change: made in the same transaction.

        Raises:
            OkngError: that of `change`.
            RecordsError: it could not be stored, or nothing is stored here.
        """
        if self._records is None:
            raise stopped()
        now = self._store.clock()
        entry = Entry(
            id=new_id(),
            time_us=now,
            offset_min=offset_minutes(now),
            station=station or self._station,
            kind=kind,
            subject=subject,
            by=by,
            payload=payload.text(),
        )
        # The change and its entry are one transaction: neither is ever there alone.
        noted = None if change is None else _Noted(change)
        try:
            self._records.append(entry, also=noted).result(_SECONDS)
        except RecordsError as exc:
            if noted is not None and noted.refusal is not None:
                # what the change refused, not that its transaction was undone
                raise noted.refusal from exc
            raise
        return entry


class _Noted:
    """A change whose refusal comes through the writer, which knows errors of databases only."""

    def __init__(self, change: Change) -> None:
        self._change = change
        self.refusal: OkngError | None = None

    def __call__(self, connection: Connection, _links: Sequence[Link]) -> None:
        try:
            self._change(connection)
        except OkngError as exc:
            self.refusal = exc
            raise


def offset_minutes(time_us: int) -> int:
    """The offset of this machine's clock from UTC at a time, in minutes."""
    return time.localtime(time_us / 1e6).tm_gmtoff // 60  # with summer time, at that moment
