"""Failed logins are counted per name, and each further one locks the name for longer.

Names that no user has are counted in the same way: the answer does not disclose who exists.
"""

from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select, update

from okng.accounts.store import SECOND_US, Store, digest_of
from okng.accounts.tables import login_failures
from okng.error_codes import Code
from okng.errors import BusyError

FREE_FAILURES = 5
"""Failures after which a name is locked."""
FIRST_LOCK_S = 30
LONGEST_LOCK_S = 900
"""A quarter of an hour: longer, and anybody could keep an operator from the station for a shift."""
FORGET_S = 86_400
"""A day without a failure, and the count starts anew."""


def lock_seconds(failures: int) -> int:
    """How long a name is locked after so many failures in a row."""
    if failures < FREE_FAILURES:
        return 0
    doublings = min(failures - FREE_FAILURES, 10)  # 2^10 is beyond the longest lock
    return min(FIRST_LOCK_S << doublings, LONGEST_LOCK_S)  # 30 s, 60 s, 120 s, ...


class Attempt(NamedTuple):
    """A login that was counted as failed until its password proves right.

    Attributes:
        key: digest of the name.
        locked_s: seconds for which it locks the name if it fails; 0 for not at all.
    """

    key: str
    locked_s: int


class LockOut:
    """The count of failed logins."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def begin(self, name: str) -> Attempt:
        """Count an attempt before its password is compared: many at once gain nothing.

        Raises:
            BusyError: the name is locked.
        """
        key, now = digest_of(name), self._store.clock()
        with self._store.write() as connection:
            # Counted before the password is checked: many tries at once are not counted as one.
            failures, locked_until = _before(connection, key, now)
            if locked_until > now:
                raise _locked((locked_until - now) / SECOND_US)
            locked_s = lock_seconds(failures + 1)
            row = {
                "failures": failures + 1,
                "last_us": now,
                "locked_until_us": now + locked_s * SECOND_US,
            }
            mine = login_failures.c.name_digest == key
            if not connection.execute(update(login_failures).where(mine).values(row)).rowcount:
                connection.execute(insert(login_failures).values(name_digest=key, **row))
        return Attempt(key, locked_s)

    def succeeded(self, attempt: Attempt) -> None:
        """Forget the failures of the name."""
        with self._store.write() as connection:
            _forget(connection, attempt.key)

    def unlock(self, name: str) -> None:
        """Forget the failures of a name."""
        with self._store.write() as connection:
            _forget(connection, digest_of(name))

    def locked(self, name: str) -> bool:
        """Whether the name is locked now."""
        now = self._store.clock()
        mine = login_failures.c.name_digest == digest_of(name)
        with self._store.read() as connection:
            until = connection.scalar(select(login_failures.c.locked_until_us).where(mine))
        return until is not None and until > now


def _before(connection: Connection, key: str, now: int) -> tuple[int, int]:
    """Failures in a row, and the end of the lock, of a name."""
    connection.execute(
        delete(login_failures).where(login_failures.c.last_us < now - FORGET_S * SECOND_US)
    )
    row = connection.execute(
        select(login_failures).where(login_failures.c.name_digest == key).with_for_update()
    ).one_or_none()
    return (row.failures, row.locked_until_us) if row else (0, 0)


def _forget(connection: Connection, key: str) -> None:
    connection.execute(delete(login_failures).where(login_failures.c.name_digest == key))


def _locked(seconds: float) -> BusyError:
    return BusyError(
        "Too many failed logins for this name",
        retry_after=seconds,
        code=Code.LOGIN_LOCKED,
        hint="Wait, or ask an admin to unlock it.",
    )
