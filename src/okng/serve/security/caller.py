"""Who asks."""

from dataclasses import dataclass

from okng.accounts import ApiKey, Scope, User
from okng.error_codes import Code
from okng.errors import DeniedError


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and what they may do.

    Attributes:
        name: as it goes on record: `key:NAME`, `user:NAME` or `local`.
        scopes: what the caller may do.
        user: the user of a page; None for a key and for `local`.
    """

    name: str
    scopes: frozenset[Scope]
    user: User | None = None

    def check(self, scope: Scope) -> None:
        """Refuse a caller without a scope.

        Raises:
            DeniedError: the caller does not have it.
        """
        if scope in self.scopes:
            return
        changes = self.user is not None and self.user.must_change
        raise DeniedError(
            f"This needs the scope {scope}",
            where=self.name,
            hint="Replace the password of the admin by one of your own first."
            if changes
            else "Ask an admin for it.",
            code=Code.ROLE_MISSING,
        )


LOCAL = Caller("local", frozenset(Scope))
"""Everybody, where the station runs with `--no-auth` on its own machine."""


def caller_of_key(key: ApiKey) -> Caller:
    """The caller who holds a key."""
    return Caller(key.subject, key.scopes)


def caller_of_user(user: User) -> Caller:
    """The caller who logged in."""
    return Caller(user.subject, user.scopes, user)
