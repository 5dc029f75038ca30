"""A user as a row: its name, its password on the first day, its scopes."""

import re
import secrets
from dataclasses import dataclass

from sqlalchemy import RowMapping

from okng.accounts.roles import SCOPES, Scope, UserRole
from okng.errors import StationError

_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,59}")
_PRINTED = 100
"""Characters of a printed name, at most."""


@dataclass(frozen=True, slots=True)
class User:
    """A person.

    Attributes:
        name: to log in with; lower case, never used for anybody else.
        printed_name: as it stands in signatures.
        role: what the person may do.
        active: False once disabled; the name stays on record.
        must_change: the password was set by an admin, and the user has to replace it first.
        created_us: microseconds since 1970, UTC.
        password_us: when the password was set.
        login_us: the last login; None before the first one.
    """

    name: str
    printed_name: str
    role: UserRole
    active: bool
    must_change: bool
    created_us: int
    password_us: int
    login_us: int | None

    @property
    def subject(self) -> str:
        """The user on record."""
        return f"user:{self.name}"

    @property
    def scopes(self) -> frozenset[Scope]:
        """What the user may do now: nothing before the password of the admin is replaced."""
        # replace the password first
        return frozenset() if self.must_change or not self.active else SCOPES[self.role]


def user_name(name: str) -> str:
    """A name as it is stored.

    Raises:
        StationError: it is none.
    """
    plain = name.strip().lower()
    if not _NAME.fullmatch(plain):
        raise StationError(
            "This is no name for a user",
            where="name",
            allowed="up to 60 of a-z, 0-9 and . _ @ -, the first a letter or digit",
            hint="Take a short name, such as that of the e-mail address.",
        )
    return plain


def user_of(row: RowMapping) -> User:
    """The user of a row."""
    values = {key: row[key] for key in User.__slots__}
    return User(**values | {"role": UserRole(values["role"])})


def new_password() -> str:
    """A password of 96 random bits, easy to type: groups of letters and digits."""
    digits = secrets.token_hex(12)
    return "-".join(digits[start : start + 6] for start in range(0, 24, 6))


def new_user(
    name: str, printed_name: str, role: UserRole, password_hash: str, now: int
) -> dict[str, str | bool | int]:
    """The row of a user who chose the password."""
    return {
        "name": name,
        "printed_name": printed_name,
        "role": role,
        "password_hash": password_hash,
        "active": True,
        "must_change": False,
        "created_us": now,
        "password_us": now,
    }


def checked_printed_name(name: str) -> str:
    """A printed name as it is stored: one space between words.

    Raises:
        StationError: it is none.
    """
    plain = " ".join(name.split())
    if not plain or len(plain) > _PRINTED or not plain.isprintable():
        raise StationError(
            "This is no printed name",
            where="printed_name",
            allowed=f"1 to {_PRINTED} printable characters",
            hint="Take first and last name.",
        )
    return plain
