"""Accounts for tests: a clock to set, passwords that cost nothing, one user."""

from argon2 import PasswordHasher

from okng.accounts import Accounts, Passwords, UserRole

PASSWORD = "correct horse battery"  # noqa: S105 - of users that exist in tests only
_START_US = 1_700_000_000_000_000


class FakeClock:
    """A clock that stands until it is set forward, in microseconds since 1970."""

    def __init__(self) -> None:
        self.now = _START_US

    def __call__(self) -> int:
        """The time."""
        return self.now

    def advance(self, seconds: float) -> None:
        """Set it forward."""
        self.now += int(seconds * 1e6)


def cheap_passwords() -> Passwords:
    """Passwords with the least cost that Argon2 has: 0.1 ms each."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def add_user(accounts: Accounts, name: str, role: UserRole = UserRole.OPERATOR) -> None:
    """Add a user with `PASSWORD`."""
    accounts.users.add(name, name.title(), role, PASSWORD, by="local")
