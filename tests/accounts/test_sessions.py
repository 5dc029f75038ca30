"""Sessions of pages, and the first admin."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from okng.accounts import Accounts, Limits, UserRole
from okng.accounts.sessions import IDLE_S, LONGEST_S, form_token, form_token_matches
from okng.errors import DeniedError, OkngError, StationError
from okng.testing.station.accounts import PASSWORD, FakeClock, add_user, cheap_passwords


def test_a_login_opens_a_session(accounts: Accounts) -> None:
    """Its secret gives the user; another one gives nobody."""
    add_user(accounts, "anna")

    secret = accounts.log_in("anna", PASSWORD)

    user = accounts.sessions.user_of(secret)
    assert user is not None
    assert user.name == "anna"
    assert accounts.sessions.user_of("other") is None


def test_each_login_has_a_secret_of_its_own(accounts: Accounts, tmp_path: Path) -> None:
    """A planted identifier is never taken over, and the database has only hashes."""
    add_user(accounts, "anna")

    first, second = accounts.log_in("anna", PASSWORD), accounts.log_in("anna", PASSWORD)

    assert first != second
    files = b"".join(path.read_bytes() for path in tmp_path.glob("r.sqlite*"))
    assert first.encode() not in files


def _idle(_accounts: Accounts, clock: FakeClock, _secret: str) -> None:
    clock.advance(IDLE_S + 1)


def _old(accounts: Accounts, clock: FakeClock, secret: str) -> None:
    for _ in range(int(LONGEST_S // 3600)):
        clock.advance(3600)
        assert accounts.sessions.user_of(secret) is not None
    clock.advance(1)


def _logout(accounts: Accounts, _clock: FakeClock, secret: str) -> None:
    accounts.sessions.close(secret)


def _new_password(accounts: Accounts, _clock: FakeClock, _secret: str) -> None:
    accounts.users.change_password("anna", PASSWORD, "another horse battery")


def _reset(accounts: Accounts, _clock: FakeClock, _secret: str) -> None:
    accounts.users.reset_password("anna", by="local")


def _disabled(accounts: Accounts, _clock: FakeClock, _secret: str) -> None:
    accounts.users.change("anna", active=False, by="local")


@pytest.mark.parametrize("end", [_idle, _old, _logout, _new_password, _reset, _disabled])
def test_a_session_ends(
    accounts: Accounts, clock: FakeClock, end: Callable[[Accounts, FakeClock, str], None]
) -> None:
    """Idle, too old, logout, another password, a reset, a disabled user."""
    add_user(accounts, "anna")
    secret = accounts.log_in("anna", PASSWORD)
    assert accounts.sessions.user_of(secret) is not None

    end(accounts, clock, secret)

    assert accounts.sessions.user_of(secret) is None


def test_a_change_of_role_counts_in_open_sessions(accounts: Accounts) -> None:
    """A session has the rights that its user has now."""
    add_user(accounts, "anna", UserRole.OPERATOR)
    secret = accounts.log_in("anna", PASSWORD)

    accounts.users.change("anna", role=UserRole.QUALITY, by="local")

    user = accounts.sessions.user_of(secret)
    assert user is not None
    assert user.role is UserRole.QUALITY


def test_a_disabled_user_cannot_log_in(accounts: Accounts) -> None:
    """The error is that of a wrong password."""
    add_user(accounts, "anna")
    accounts.users.change("anna", active=False, by="local")

    with pytest.raises(DeniedError, match="Name or password"):
        accounts.log_in("anna", PASSWORD)


def test_a_form_token_belongs_to_one_cookie() -> None:
    """That of another session is refused, and so is an empty one."""
    assert form_token_matches("a", form_token("a"))
    assert not form_token_matches("a", form_token("b"))
    assert not form_token_matches("a", "")


def test_the_first_admin_is_made_once(accounts: Accounts) -> None:
    """A replayed code makes nobody, and there is no further code."""
    code = accounts.first_admin.new_code()
    assert code is not None

    accounts.first_admin.make(code, "root", "Root", PASSWORD)

    assert accounts.users.get("root").role is UserRole.ADMIN
    assert accounts.first_admin.new_code() is None
    with pytest.raises(DeniedError):
        accounts.first_admin.make(code, "eve", "Eve", PASSWORD)


def test_a_code_ends_after_an_hour_and_with_the_next_one(
    accounts: Accounts, clock: FakeClock
) -> None:
    """An old log is of no use."""
    old = accounts.first_admin.new_code()
    new = accounts.first_admin.new_code()
    assert old
    assert new
    with pytest.raises(DeniedError):
        accounts.first_admin.make(old, "root", "Root", PASSWORD)
    clock.advance(3600)

    with pytest.raises(DeniedError):
        accounts.first_admin.make(new, "root", "Root", PASSWORD)


def test_a_refused_password_leaves_the_code_valid(accounts: Accounts) -> None:
    """A weak password is no reason to restart the station."""
    code = accounts.first_admin.new_code() or ""
    with pytest.raises(StationError, match="characters"):
        accounts.first_admin.make(code, "root", "Root", "short")

    accounts.first_admin.make(code, "root", "Root", PASSWORD)

    assert accounts.users.any_admin()


def test_of_two_uses_of_a_code_at_once_one_wins(accounts: Accounts) -> None:
    """There is one first admin, not two."""
    code = accounts.first_admin.new_code() or ""

    def make(name: str) -> bool:
        try:
            accounts.first_admin.make(code, name, name, PASSWORD)
        except OkngError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(make, ["adam", "berta", "cesar", "dora"]))

    assert sorted(made) == [False, False, False, True]
    assert len(accounts.users.all()) == 1


def test_the_settings_bound_a_session(database: str, clock: FakeClock) -> None:
    """A plant may want a quarter of an hour instead of a shift."""
    limits = Limits(idle_s=900, longest_s=3600)
    with Accounts(
        database, None, "s", passwords=cheap_passwords(), limits=limits, clock=clock
    ) as accounts:
        add_user(accounts, "anna")
        secret = accounts.log_in("anna", PASSWORD)
        clock.advance(901)

        assert accounts.sessions.user_of(secret) is None
