"""Each change of an account becomes an entry on record."""

import time
from enum import StrEnum

from okng.accounts.store import Clock, now_us
from okng.inference.inspection import new_id
from okng.records import Entry, Kind, Records
from okng.records.faults import stopped
from okng.records.payloads import Audit, Payload

_SECONDS = 10.0
"""Within which an entry must be on the disk."""


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
    """Puts changes of accounts on record.

    Args:
        records: of the station; None for a station without records.
        station: name of the chain.
        clock: of the entries.
    """

    def __init__(self, records: Records | None, station: str, clock: Clock = now_us) -> None:
        self._records, self._station, self._clock = records, station, clock

    def write(self, action: Action, subject: str, by: str, **details: str) -> None:
        """Put an action on record, and wait until it is there.

        It is called before the change: a crash in between leaves an entry without its change, never
        a change without its entry.

        Args:
            action: what is about to be done.
            subject: `user:NAME` or `key:NAME` that it is done to.
            by: who does it: `user:NAME`, `key:NAME`, `local` or `command`.
            details: what it is done with. Never a secret.

        Raises:
            RecordsError: it could not be stored; the change must not be made.
        """
        if self._records is not None:
            self.put(Kind.AUDIT, subject, by, Audit(action=action, details=details))

    def put(
        self, kind: Kind, subject: str, by: str, payload: Payload, station: str | None = None
    ) -> Entry:
        """Put an entry of any kind on record, and wait until it is there.

        Args:
            kind: of the entry.
            subject: what it is about.
            by: who did it.
            payload: in the form of the kind.
            station: name of the chain; this station if not given.

        Raises:
            RecordsError: it could not be stored, or nothing is stored here.
        """
        if self._records is None:
            raise stopped()
        now = self._clock()
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
        self._records.append(entry).result(_SECONDS)
        return entry


def offset_minutes(time_us: int) -> int:
    """The offset of this machine's clock from UTC at a time, in minutes."""
    return time.localtime(time_us / 1e6).tm_gmtoff // 60
