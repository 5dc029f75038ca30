"""Users: people who log in with a name and a password."""

from typing import Any

from sqlalchemy import Connection, RowMapping, Select, delete, insert, select, update

from okng.accounts.audit import Action, Auditor
from okng.accounts.lock_out import LockOut
from okng.accounts.passwords import Passwords, check_strength
from okng.accounts.roles import UserRole
from okng.accounts.store import Store
from okng.accounts.tables import sessions, users
from okng.accounts.user import (
    User,
    checked_printed_name,
    new_password,
    new_user,
    user_name,
    user_of,
)
from okng.error_codes import Code
from okng.errors import DeniedError, MissingError, RecordsConflictError, StationError


class Users:
    """The users of a station.

    Args:
        store: their tables.
        passwords: how passwords are stored and compared.
        lock_out: the count of failed logins.
        audit: where changes are put on record.
    """

    def __init__(
        self, store: Store, passwords: Passwords, lock_out: LockOut, audit: Auditor
    ) -> None:
        self._store, self._passwords = store, passwords
        self._lock_out, self._audit = lock_out, audit

    def all(self) -> list[User]:
        """All users, by name."""
        with self._store.read() as connection:
            rows = connection.execute(select(users).order_by(users.c.name)).mappings().all()
        return [user_of(row) for row in rows]

    def get(self, name: str) -> User:
        """The user of a name.

        Raises:
            MissingError: there is none.
        """
        with self._store.read() as connection:
            return user_of(_row(connection, name.strip().lower()))

    def any_admin(self) -> bool:
        """Whether there is an admin."""
        with self._store.read() as connection:
            return has_admin(connection)

    def add(
        self,
        name: str,
        printed_name: str,
        role: UserRole,
        password: str | None = None,
        *,
        by: str,
    ) -> str | None:
        """Add a user.

        Args:
            name: to log in with.
            printed_name: as it stands in signatures.
            role: what the user may do.
            password: of the user's own choice; None makes one that is to be replaced.
            by: who adds the user.

        Returns:
            The password that was made, or None.

        Raises:
            StationError: name or password is not accepted.
            RecordsConflictError: there was such a user, perhaps a disabled one.
        """
        name, made = user_name(name), None if password else new_password()
        printed = checked_printed_name(printed_name)
        if password:
            check_strength(password, name)
        hashed = self._passwords.hashed(password or made or "")
        row = new_user(name, printed, role, hashed, self._store.clock())
        row["must_change"] = made is not None

        def change(connection: Connection) -> None:
            if connection.execute(_query(name)).one_or_none() is not None:
                raise _taken(name)
            connection.execute(insert(users).values(row))

        self._audit.write(
            Action.USER_ADDED, f"user:{name}", by, change, role=role, printed_name=printed
        )
        return made

    def check(self, name: str, password: str) -> User:
        """The user of a name and password.

        Every failure is the same error after the same time, whether or not there is such a user.

        Raises:
            BusyError: too many attempts failed; the name is locked for a while.
            DeniedError: name or password is wrong, or the user is disabled.
        """
        plain = name.strip().lower()
        attempt = self._lock_out.begin(plain)
        with self._store.read() as connection:
            row = connection.execute(_query(plain)).mappings().one_or_none()
        active = row is not None and row["active"]
        matches = self._passwords.matches(row["password_hash"] if row else None, password)
        if row is None or not (matches and active):
            if row is not None and attempt.locked_s:
                user, seconds = f"user:{plain}", str(attempt.locked_s)
                self._audit.write(Action.USER_LOCKED, user, "station", seconds=seconds)
            raise DeniedError(
                "Name or password is wrong", hint="Try again.", code=Code.LOGIN_FAILED
            )
        self._lock_out.succeeded(attempt)
        if self._passwords.outdated(row["password_hash"]):
            hashed = self._passwords.hashed(password)
            with self._store.write() as connection:
                _update(connection, plain, password_hash=hashed)
        return user_of(row)

    def change_password(self, name: str, old: str, new: str) -> None:
        """Replace one's own password; all sessions of the user end.

        Raises:
            BusyError: too many attempts failed.
            DeniedError: the old password is wrong.
            StationError: the new one is not accepted, or is the old one.
        """
        user = self.check(name, old)
        check_strength(new, user.name)
        if new == old:
            raise StationError("The new password is the old one", where="password", hint="Another.")
        self._set_password(user, new, Action.PASSWORD_CHANGED, by=user.subject)

    def reset_password(self, name: str, *, by: str) -> str:
        """A new password for a user, who has to replace it; all sessions of the user end.

        Returns:
            The password.

        Raises:
            MissingError: there is no such user.
        """
        user, password = self.get(name), new_password()
        self._set_password(user, password, Action.PASSWORD_RESET, by=by)
        self._lock_out.unlock(user.name)
        return password

    def unlock(self, name: str, *, by: str) -> None:
        """Forget the failed logins of a user.

        Raises:
            MissingError: there is no such user.
        """
        user = self.get(name)
        self._audit.write(Action.USER_UNLOCKED, user.subject, by)
        self._lock_out.unlock(user.name)

    def locked(self, name: str) -> bool:
        """Whether too many logins of a user failed."""
        return self._lock_out.locked(name.strip().lower())

    def change(
        self,
        name: str,
        *,
        by: str,
        role: UserRole | None = None,
        printed_name: str | None = None,
        active: bool | None = None,
    ) -> None:
        """Change a user; None leaves a value as it is. A disabled user's sessions end.

        Raises:
            MissingError: there is no such user.
            StationError: no active admin would be left.
        """
        user = self.get(name)
        new = {
            "role": role or user.role,
            "printed_name": user.printed_name
            if printed_name is None
            else checked_printed_name(printed_name),
            "active": user.active if active is None else active,
        }
        before = {key: getattr(user, key) for key in new}
        if new == before:
            return
        details = {key: f"{before[key]} -> {new[key]}" for key in new if new[key] != before[key]}

        def change(connection: Connection) -> None:
            if new["role"] is not UserRole.ADMIN or not new["active"]:
                _refuse_last_admin(connection, user.name)
            _update(connection, user.name, **new, end_sessions=not new["active"])

        self._audit.write(_action(active, user), user.subject, by, change, **details)

    def _set_password(self, user: User, password: str, action: Action, *, by: str) -> None:
        values = {
            "password_hash": self._passwords.hashed(password),
            "password_us": self._store.clock(),
            "must_change": action is Action.PASSWORD_RESET,
        }
        self._audit.write(
            action,
            user.subject,
            by,
            lambda connection: _update(connection, user.name, **values, end_sessions=True),
        )


def _query(name: str) -> Select[Any]:
    return select(users).where(users.c.name == name)


def _row(connection: Connection, name: str) -> RowMapping:
    row = connection.execute(_query(name)).mappings().one_or_none()
    if row is None:
        raise MissingError("There is no such user", where=name, hint="See the list of users.")
    return row


def _action(active: bool | None, user: User) -> Action:
    if active is None or active == user.active:
        return Action.USER_CHANGED
    return Action.USER_ENABLED if active else Action.USER_DISABLED


def _taken(name: str) -> RecordsConflictError:
    return RecordsConflictError(
        "There is or was a user of this name",
        where=name,
        hint="Take another name, or enable the user again.",
    )


def has_admin(connection: Connection) -> bool:
    """Whether there is an active admin."""
    query = select(users.c.name).where((users.c.role == UserRole.ADMIN) & users.c.active)
    return connection.execute(query).first() is not None


def _update(
    connection: Connection, name: str, *, end_sessions: bool = False, **values: Any
) -> None:
    connection.execute(update(users).where(users.c.name == name).values(**values))
    if end_sessions:
        connection.execute(delete(sessions).where(sessions.c.user_name == name))


def _refuse_last_admin(connection: Connection, name: str) -> None:
    is_admin = (users.c.role == UserRole.ADMIN) & users.c.active
    # Locked: of two admins who disable each other at once, one is refused.
    admins = connection.scalars(select(users.c.name).where(is_admin).with_for_update()).all()
    if list(admins) == [name]:
        raise StationError(
            "No admin would be left", where=name, hint="Make another user an admin first."
        )
