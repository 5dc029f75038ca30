"""API keys: how programs show who they are.

A key is `okng_PREFIX_SECRET`. The prefix is shown in lists; of the whole, only SHA-256 is stored.
"""

import re
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, RowMapping, insert, select, true, update

from okng.accounts.audit import Action, Auditor
from okng.accounts.roles import Scope
from okng.accounts.store import SECOND_US, Store, digest_of
from okng.accounts.tables import api_keys
from okng.errors import MissingError, RecordsConflictError, StationError

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
_KEY = re.compile(r"okng_[0-9a-f]{8}_[A-Za-z0-9_-]{43}")  # 43 characters of base64: 32 bytes
RECENT_S = 1.0
"""Seconds for which a key is accepted without asking the database. Another process may revoke it;
changes by this process count at once."""
_MOST_RECENT = 1000
_USED_EVERY_US = 60 * SECOND_US
"""The last use is stored once a minute: not each verdict may cost a write of its own."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key without its secret; times in microseconds since 1970, UTC.

    Attributes:
        prefix: the start of the key, which identifies it.
        name: of the program or machine that has it.
        scopes: what it may do.
        created_us: when it was made.
        created_by: who made it.
        expires_us: when it ends; None for never.
        used_us: its last use, to the minute; None if never used.
        revoked_us: when it was revoked; None if it was not.
    """

    prefix: str
    name: str
    scopes: frozenset[Scope]
    created_us: int
    created_by: str
    expires_us: int | None
    used_us: int | None
    revoked_us: int | None

    @property
    def subject(self) -> str:
        """The key on record."""
        return f"key:{self.name}"

    def valid(self, now: int) -> bool:
        """Whether it is accepted at a time."""
        return self.revoked_us is None and (self.expires_us is None or now < self.expires_us)


class NewKey(NamedTuple):
    """A key that was just made.

    Attributes:
        key: as it is listed.
        secret: the whole key; it cannot be shown again.
    """

    key: ApiKey
    secret: str


class ApiKeys:
    """The keys of a station.

    Args:
        store: their table.
        audit: where changes are put on record.
    """

    def __init__(self, store: Store, audit: Auditor) -> None:
        self._store, self._audit = store, audit
        self._recent: dict[str, tuple[ApiKey, float]] = {}

    def all(self) -> list[ApiKey]:
        """All keys, also those that are no longer valid, by name."""
        with self._store.read() as connection:
            return _keys(connection, true())

    def add(
        self, name: str, scopes: Iterable[Scope], *, by: str, days: int | None = None
    ) -> NewKey:
        """Make a key.

        Args:
            name: of the program or machine.
            scopes: what it may do, at least one.
            by: who makes it.
            days: after which it ends; None for never.

        Raises:
            StationError: the name or the scopes are not accepted.
            RecordsConflictError: a valid key has this name.
        """
        wanted = frozenset(scopes)
        _check(name, wanted, days)
        now = self._store.clock()
        expires = None if days is None else now + days * 86_400 * SECOND_US  # days -> us
        new = _new_key(name, wanted, now, by, expires)

        def change(connection: Connection) -> None:
            # a name may be taken again once its key has ended
            if any(key.valid(now) for key in _keys(connection, api_keys.c.name == name)):
                raise RecordsConflictError(
                    "A valid key has this name", where=name, hint="Rotate or revoke that one."
                )
            connection.execute(insert(api_keys).values(_row(new)))

        self._audit.write(
            Action.KEY_ADDED, f"key:{name}", by, change,
            scopes=_written(wanted), days=str(days or ""),
        )  # fmt: skip
        return new

    def rotate(self, prefix: str, *, by: str, grace_s: int = 0) -> NewKey:
        """Make the successor of a key, with the same name, scopes and end.

        Args:
            prefix: of the key.
            by: who does it.
            grace_s: seconds for which the old key stays valid.

        Raises:
            MissingError: there is no valid key with this prefix.
        """
        old, now, grace_s = self._valid(prefix), self._store.clock(), max(grace_s, 0)
        end = now + grace_s * SECOND_US
        new = _new_key(old.name, old.scopes, now, by, old.expires_us)

        def change(connection: Connection) -> None:
            connection.execute(insert(api_keys).values(_row(new)))
            # never longer than it would have been valid
            _set(connection, prefix, expires_us=min(end, old.expires_us or end))

        self._audit.write(
            Action.KEY_ROTATED, old.subject, by, change, prefix=prefix, grace_s=str(grace_s)
        )
        self._recent.clear()  # keys that are remembered may be the one that has just ended
        return new

    def revoke(self, prefix: str, *, by: str) -> None:
        """End a key at once.

        Raises:
            MissingError: there is no valid key with this prefix.
        """
        key, now = self._valid(prefix), self._store.clock()
        self._audit.write(
            Action.KEY_REVOKED, key.subject, by,
            lambda connection: _set(connection, prefix, revoked_us=now), prefix=prefix,
        )  # fmt: skip
        self._recent.clear()

    def recent(self, secret: str) -> ApiKey | None:
        """The same as `of_secret` for a key of the last second, without the database; else None."""
        key, until = self._recent.get(digest_of(secret), (None, 0.0))
        if key is None or time.monotonic() > until or not key.valid(self._store.clock()):
            return None
        return key

    def is_valid(self, secret: str) -> bool:
        """Whether a secret is that of a valid key; this is no use of it."""
        key = self._one(api_keys.c.digest == digest_of(secret))
        return key is not None and key.valid(self._store.clock())

    def of_secret(self, secret: str) -> ApiKey | None:
        """The valid key of a secret; None for anything else. Its last use is stored."""
        if not _KEY.fullmatch(secret):  # before the database: most wrong keys are no keys at all
            return None
        now = self._store.clock()
        # What is compared is a hash that the sender cannot choose: its timing discloses nothing.
        digest = digest_of(secret)
        key = self._one(api_keys.c.digest == digest)
        if key is None or not key.valid(now):
            return None
        # not with every photo: a row written per photo would cost a commit
        if key.used_us is None or now - key.used_us >= _USED_EVERY_US:
            with self._store.write() as connection:
                _set(connection, key.prefix, used_us=now)
        if len(self._recent) >= _MOST_RECENT:  # simple and rare; it costs a query for each key
            self._recent.clear()
        self._recent[digest] = (key, time.monotonic() + RECENT_S)
        return key

    def _valid(self, prefix: str) -> ApiKey:
        key = self._one(api_keys.c.prefix == prefix)
        if key is None or not key.valid(self._store.clock()):
            raise MissingError(
                "There is no valid key with this prefix",
                where=prefix,
                hint="See the list of keys.",
            )
        return key

    def _one(self, wanted: ColumnElement[bool]) -> ApiKey | None:
        with self._store.read() as connection:
            keys = _keys(connection, wanted)
        return keys[0] if keys else None


def _check(name: str, scopes: frozenset[Scope], days: int | None) -> None:
    if not _NAME.fullmatch(name):
        raise StationError(
            "This is no name for a key",
            where="name",
            allowed="up to 60 of A-Z, a-z, 0-9 and . _ -, the first a letter or digit",
            hint="Take the name of the program or machine.",
        )
    if not scopes:
        raise StationError(
            "A key needs a scope", where="scopes", allowed=", ".join(Scope), hint="Give one."
        )
    if days is not None and not 1 <= days <= 3660:  # ten years
        raise StationError(
            "The key cannot end then", where="days", allowed="1 to 3660", hint="Correct it."
        )


def _new_key(
    name: str, scopes: frozenset[Scope], now: int, by: str, expires_us: int | None
) -> NewKey:
    prefix = f"okng_{secrets.token_hex(4)}"  # shown in lists, to tell keys apart; no secret
    key = ApiKey(prefix, name, scopes, now, by, expires_us, used_us=None, revoked_us=None)
    # 256 bits: guessing needs no slow hash
    return NewKey(key, f"{prefix}_{secrets.token_urlsafe(32)}")


def _row(new: NewKey) -> dict[str, object]:
    row: dict[str, object] = {name: getattr(new.key, name) for name in ApiKey.__slots__}
    return row | {"scopes": _written(new.key.scopes), "digest": digest_of(new.secret)}


def _keys(connection: Connection, wanted: ColumnElement[bool]) -> list[ApiKey]:
    query = select(api_keys).where(wanted).order_by(api_keys.c.name, api_keys.c.created_us)
    return [_key_of(row) for row in connection.execute(query).mappings()]


def _set(connection: Connection, prefix: str, **values: int) -> None:
    connection.execute(update(api_keys).where(api_keys.c.prefix == prefix).values(**values))


def _key_of(row: RowMapping) -> ApiKey:
    values = {name: row[name] for name in ApiKey.__slots__}
    return ApiKey(**values | {"scopes": frozenset(map(Scope, values["scopes"].split()))})


def _written(scopes: frozenset[Scope]) -> str:
    return " ".join(sorted(scopes))
