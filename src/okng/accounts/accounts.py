"""The accounts of a station: users, keys, sessions, and how the first admin is made."""

from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from okng.accounts.api_keys import ApiKeys
from okng.accounts.audit import Auditor
from okng.accounts.first_admin import FirstAdmin
from okng.accounts.lock_out import LockOut
from okng.accounts.passwords import Passwords
from okng.accounts.sessions import IDLE_S, LONGEST_S, Sessions
from okng.accounts.signatures import Signatures
from okng.accounts.store import Clock, Store, now_us
from okng.accounts.users import Users
from okng.records import Records


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a session lasts.

    Attributes:
        idle_s: seconds without use.
        longest_s: seconds in any case.
    """

    idle_s: float = IDLE_S
    longest_s: float = LONGEST_S


class Accounts:
    """The accounts of a station. To be used from any thread, in a `with` block.

    Args:
        database: a file, or a URL of SQLite or PostgreSQL; that of the records.
        records: where changes are put on record; None for a station without records.
        station: name of the chain for these entries.
        passwords: cost of passwords; that of RFC 9106 if not given.
        limits: how long a session lasts.
        clock: microseconds since 1970.

    Raises:
        RecordsError: the database cannot be opened.
    """

    def __init__(
        self,
        database: str | Path,
        records: Records | None,
        station: str,
        *,
        passwords: Passwords | None = None,
        limits: Limits | None = None,
        clock: Clock = now_us,
    ) -> None:
        passwords, limits = passwords or Passwords(), limits or Limits()
        self._store = Store(database, clock)
        self.audit = Auditor(records, station, self._store)
        self.users = Users(self._store, passwords, LockOut(self._store), self.audit)
        self.keys = ApiKeys(self._store, self.audit)
        self.sessions = Sessions(self._store, self.audit, limits.idle_s, limits.longest_s)
        self.signatures = Signatures(self.users, self.audit, records)
        self.first_admin = FirstAdmin(self._store, self.users, passwords, self.audit)

    def log_in(self, name: str, password: str) -> str:
        """The secret of a new session.

        Raises:
            BusyError: too many attempts failed; the name is locked for a while.
            DeniedError: name or password is wrong, or the user is disabled.
        """
        return self.sessions.open(self.users.check(name, password))

    def close(self) -> None:
        """Close the connections."""
        self._store.close()

    def __enter__(self) -> Self:
        """Use it."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()
