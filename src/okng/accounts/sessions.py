"""Sessions: a user who logged in on a page.

The browser has a random identifier in a cookie; the database has its hash. A session ends when it
was idle for too long, when it is too old, at logout, and when the password changes.
"""

import hmac
import secrets
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select, update

from okng.accounts.audit import Action, Auditor
from okng.accounts.store import SECOND_US, Store, digest_of
from okng.accounts.tables import sessions, users
from okng.accounts.user import User, user_of

IDLE_S = 8 * 3600
"""A shift."""
LONGEST_S = 16 * 3600
_USED_EVERY_US = 60 * SECOND_US
"""The last use is stored once a minute."""


class Sessions:
    """The sessions of a station.

    Args:
        store: their table.
        audit: where logins are put on record.
        idle_s: seconds without use after which a session ends.
        longest_s: seconds after which it ends in any case.
    """

    def __init__(
        self, store: Store, audit: Auditor, idle_s: float = IDLE_S, longest_s: float = LONGEST_S
    ) -> None:
        self._store, self._audit = store, audit
        self._idle_us, self._longest_us = int(idle_s * SECOND_US), int(longest_s * SECOND_US)

    def open(self, user: User) -> str:
        """Begin a session of a user whose password was right.

        Returns:
            Its secret, for the cookie. It is new each time: one that somebody planted is of no use.
        """
        # 256 bits; the table holds its digest alone
        secret, now = secrets.token_urlsafe(32), self._store.clock()
        row = {"digest": digest_of(secret), "created_us": now, "used_us": now}

        def change(connection: Connection) -> None:
            idle = sessions.c.used_us < now - self._idle_us  # sessions that nobody ended
            old = sessions.c.created_us < now - self._longest_us
            connection.execute(delete(sessions).where(idle | old))
            connection.execute(insert(sessions).values(user_name=user.name, **row))
            connection.execute(update(users).where(users.c.name == user.name).values(login_us=now))

        self._audit.write(Action.LOGIN, user.subject, user.subject, change)
        return secret

    def is_open(self, secret: str) -> bool:
        """Whether a session has not ended. To ask is no use of it: it goes on to be idle."""
        session = self._session(secret)
        return session is not None and session.user.active and not self._is_over(session)

    def user_of(self, secret: str) -> User | None:
        """The user of a session as the user is now; None if there is no such session."""
        session = self._session(secret)
        if session is None or not session.user.active:
            return None
        now = self._store.clock()
        if self._is_over(session):
            with self._store.write() as connection:
                _delete(connection, secret)
            return None
        if now - session.used_us >= _USED_EVERY_US:  # at most once a minute
            self._touch(secret, now)
        return session.user

    def close(self, secret: str) -> None:
        """End a session."""
        session = self._session(secret)
        if session is None:
            return
        subject = session.user.subject
        self._audit.write(
            Action.LOGOUT, subject, subject, lambda connection: _delete(connection, secret)
        )

    def _is_over(self, session: "_Session") -> bool:
        """Whether it was idle for too long, or is too old."""
        now = self._store.clock()
        return now - session.used_us > self._idle_us or now - session.created_us > self._longest_us

    def _session(self, secret: str) -> "_Session | None":
        query = (
            select(users, sessions.c.used_us, sessions.c.created_us.label("began_us"))
            .join(sessions, sessions.c.user_name == users.c.name)
            .where(sessions.c.digest == digest_of(secret))
        )
        with self._store.read() as connection:
            row = connection.execute(query).mappings().one_or_none()
        return _Session(user_of(row), row["began_us"], row["used_us"]) if row else None

    def _touch(self, secret: str, now: int) -> None:
        with self._store.write() as connection:
            mine = sessions.c.digest == digest_of(secret)
            connection.execute(update(sessions).where(mine).values(used_us=now))


class _Session(NamedTuple):
    user: User
    created_us: int
    used_us: int


def _delete(connection: Connection, secret: str) -> None:
    connection.execute(delete(sessions).where(sessions.c.digest == digest_of(secret)))


def form_token(secret: str) -> str:
    """The token that a form carries for the holder of a cookie with this secret."""
    # of the session: it dies with it, and another session has another one
    return hmac.digest(secret.encode(), b"okng form", "sha256").hex()


def form_token_matches(secret: str, token: str) -> bool:
    """Whether a form's token belongs to a cookie."""
    # in constant time
    return hmac.compare_digest(form_token(secret).encode(), token.encode("utf-8", "replace"))
