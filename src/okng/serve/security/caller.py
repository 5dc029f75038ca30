"""Who asks."""

from dataclasses import dataclass

from okng.accounts import ApiKey, Scope, User
from okng.error_codes import Code
from okng.errors import DeniedError

LOCAL_NAME = "local"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and what they may do.

    Attributes:
        name: as it goes on record: `key:NAME`, `user:NAME` or `local`.
        scopes: what the caller may do.
        user: the user of a page; None for a key and for `local`.
        address: where the request came from.
    """

    name: str
    scopes: frozenset[Scope]
    user: User | None = None
    address: str = ""

    @property
    def client(self) -> str:
        """Whose requests are counted together: those of a key, a user, or an address."""
        # without accounts every caller has the same name: the address tells them apart
        return f"{self.name}@{self.address}" if self.name == LOCAL_NAME else self.name

    def check(self, scope: Scope) -> None:
        """Refuse a caller without a scope.

        Raises:
            DeniedError: the caller does not have it.
        """
        if scope in self.scopes:
            return
        # the admin of the first link may do nothing before
        changes = self.user is not None and self.user.must_change
        raise DeniedError(
            f"This needs the scope {scope}",
            where=self.name,
            hint="Replace the password of the admin by one of your own first."
            if changes
            else "Ask an admin for it.",
            code=Code.ROLE_MISSING,
        )


def local_caller(address: str) -> Caller:
    """Anybody at an address, where the station runs with `--no-auth` on its own machine."""
    return Caller(LOCAL_NAME, frozenset(Scope), address=address)


def caller_of_key(key: ApiKey, address: str) -> Caller:
    """The caller who holds a key."""
    return Caller(key.subject, key.scopes, address=address)


def caller_of_user(user: User, address: str) -> Caller:
    """The caller who logged in."""
    return Caller(user.subject, user.scopes, user, address)
