"""The first admin of a station is made with a code that is printed at start, valid once."""

import secrets

from sqlalchemy import Connection, delete, insert, select

from okng.accounts.audit import Action, Auditor
from okng.accounts.passwords import Passwords, check_strength
from okng.accounts.roles import UserRole
from okng.accounts.store import SECOND_US, Store, digest_of
from okng.accounts.tables import setup_codes, users
from okng.accounts.user import checked_printed_name, new_user, user_name
from okng.accounts.users import Users, has_admin
from okng.error_codes import Code
from okng.errors import DeniedError

VALID_S = 3600
"""An hour; a new code is printed at the next start."""


class FirstAdmin:
    """Makes the first admin.

    Args:
        store: the tables.
        users: of the station.
        passwords: how the password is stored.
        audit: where it is put on record.
    """

    def __init__(self, store: Store, users: Users, passwords: Passwords, audit: Auditor) -> None:
        self._store, self._users = store, users
        self._passwords, self._audit = passwords, audit

    def new_code(self) -> str | None:
        """A code for making the first admin; codes before it end. None where there is an admin."""
        if self._users.any_admin():
            return None
        code = secrets.token_urlsafe(24)  # 24 bytes: 192 bits, in a link that is printed once
        end = self._store.clock() + VALID_S * SECOND_US
        with self._store.write() as connection:
            connection.execute(delete(setup_codes))  # one at a time: the last start counts
            connection.execute(insert(setup_codes).values(digest=digest_of(code), expires_us=end))
        return code

    def make(self, code: str, name: str, printed_name: str, password: str) -> None:
        """Use a code: make the first admin.

        Raises:
            DeniedError: the code is wrong, was used, or is too old, or there is an admin by now.
            StationError: name or password is not accepted; the code stays valid.
        """
        name, shown = user_name(name), checked_printed_name(printed_name)
        check_strength(password, name)
        if not self._valid(code):
            raise _refused()
        hashed = self._passwords.hashed(password)
        row = new_user(name, shown, UserRole.ADMIN, hashed, self._store.clock())
        mine = setup_codes.c.digest == digest_of(code)

        def change(connection: Connection) -> None:
            # Of two requests with one code at once, one deletes it; the other one ends here.
            used = connection.execute(delete(setup_codes).where(mine)).rowcount
            if not used or has_admin(connection):
                raise _refused()
            connection.execute(insert(users).values(row))

        self._audit.write(
            Action.USER_ADDED, f"user:{name}", "setup", change,
            role=UserRole.ADMIN, printed_name=shown,
        )  # fmt: skip

    def _valid(self, code: str) -> bool:
        query = select(setup_codes.c.expires_us).where(setup_codes.c.digest == digest_of(code))
        with self._store.read() as connection:
            end = connection.scalar(query)
        return end is not None and self._store.clock() < end


def _refused() -> DeniedError:
    return DeniedError(
        "The code for the first admin is not valid",
        hint="Restart the station for a new one, or use `okng users add`.",
        code=Code.LOGIN_FAILED,
    )
