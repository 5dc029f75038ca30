"""Users: added, checked, locked, changed, and all of it on record."""

import json
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from okng.accounts import Accounts, Scope, UserRole
from okng.error_codes import Code
from okng.errors import (
    BusyError,
    DeniedError,
    MissingError,
    RecordsConflictError,
    RecordsError,
    StationError,
)
from okng.records import Kind, Records
from okng.testing.station.accounts import PASSWORD, FakeClock, add_user


def _actions(records: Records, subject: str) -> list[str]:
    return [json.loads(e.payload)["action"] for e in records.entries_of(subject, Kind.AUDIT)]


def test_the_right_password_gives_the_user(accounts: Accounts) -> None:
    """Name in any case; role and scopes come with it."""
    add_user(accounts, "anna", UserRole.QUALITY)

    user = accounts.users.check(" Anna ", PASSWORD)

    assert (user.name, user.printed_name, user.role) == ("anna", "Anna", UserRole.QUALITY)
    assert user.scopes == {Scope.JUDGE, Scope.REVIEW, Scope.CHANGE}


def test_wrong_password_and_unknown_name_are_one_error(accounts: Accounts) -> None:
    """The answer does not disclose which names exist."""
    add_user(accounts, "anna")
    faults = []
    for name in ("anna", "nobody"):
        with pytest.raises(DeniedError) as caught:
            accounts.users.check(name, "wrong")
        faults.append((caught.value.message, caught.value.code))

    assert faults[0] == faults[1]
    assert faults[0][1] is Code.LOGIN_FAILED


@pytest.mark.parametrize("name", ["anna", "nobody"])
def test_five_failures_lock_a_name_and_each_further_one_for_longer(
    accounts: Accounts, clock: FakeClock, name: str
) -> None:
    """30 s, then 60 s, whether or not there is such a user; the right password does not help."""
    add_user(accounts, "anna")
    for seconds in (30, 60):
        while not accounts.users.locked(name):
            with pytest.raises(DeniedError):
                accounts.users.check(name, "wrong")

        with pytest.raises(BusyError) as caught:
            accounts.users.check(name, PASSWORD)
        assert (caught.value.retry_after, caught.value.code) == (seconds, Code.LOGIN_LOCKED)
        clock.advance(seconds)

    assert not accounts.users.locked(name)


def test_a_lock_is_on_record_and_an_unlock_ends_it(accounts: Accounts, records: Records) -> None:
    """An auditor sees attempts at unauthorised use (21 CFR 11.300(d))."""
    add_user(accounts, "anna")
    for _ in range(5):
        with pytest.raises(DeniedError):
            accounts.users.check("anna", "wrong")
    accounts.users.unlock("anna", by="user:root")

    assert accounts.users.check("anna", PASSWORD).name == "anna"
    assert _actions(records, "user:anna") == ["user-added", "user-locked", "user-unlocked"]


def test_a_success_forgets_failures(accounts: Accounts) -> None:
    """Mistyping now and then never locks anybody."""
    add_user(accounts, "anna")
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(DeniedError):
                accounts.users.check("anna", "wrong")
        accounts.users.check("anna", PASSWORD)

    assert not accounts.users.locked("anna")


def test_names_are_never_used_twice(accounts: Accounts) -> None:
    """Not even that of a disabled user (21 CFR 11.300(a))."""
    add_user(accounts, "anna")
    accounts.users.change("anna", active=False, by="local")

    with pytest.raises(RecordsConflictError):
        add_user(accounts, "ANNA")


@pytest.mark.parametrize(
    "password",
    ["short", "x" * 201, "aaaaaaaaaaaaaa", "password1234", "annas-secret-word", "qwertz123456"],
)
def test_weak_passwords_are_refused(accounts: Accounts, password: str) -> None:
    """Too short, too long, repeated, common, or with the name in it."""
    with pytest.raises(StationError, match="common word"):
        accounts.users.add("anna", "Anna", UserRole.ADMIN, password, by="local")

    assert accounts.users.all() == []


@pytest.mark.parametrize("name", ["", "a b", "../x", "x\nadmin", "ä", "=cmd", "a" * 61])
def test_odd_names_are_refused(accounts: Accounts, name: str) -> None:
    """A name cannot forge a path, a log line or a formula."""
    with pytest.raises(StationError, match="no name"):
        add_user(accounts, name)


@pytest.mark.parametrize("printed", [" ", "x" * 101, "A\x1b[2J", "A\u202eB"])
def test_odd_printed_names_are_refused(accounts: Accounts, printed: str) -> None:
    """A signature shows a name that a person can read."""
    with pytest.raises(StationError, match="printed name"):
        accounts.users.add("anna", printed, UserRole.ADMIN, PASSWORD, by="local")


def test_a_made_password_must_be_replaced_first(accounts: Accounts) -> None:
    """The user of an admin's password has no scope until the user chooses another one."""
    made = accounts.users.add("anna", "Anna", UserRole.ADMIN, by="local")
    assert made is not None
    assert accounts.users.check("anna", made).scopes == set()

    accounts.users.change_password("anna", made, PASSWORD)

    assert accounts.users.check("anna", PASSWORD).scopes == set(Scope)


def test_a_reset_gives_a_new_password_and_unlocks(accounts: Accounts) -> None:
    """The old one is of no use any more."""
    add_user(accounts, "anna")
    for _ in range(5):
        with pytest.raises(DeniedError):
            accounts.users.check("anna", "wrong")

    made = accounts.users.reset_password("anna", by="user:root")

    assert accounts.users.check("anna", made).must_change
    with pytest.raises(DeniedError):
        accounts.users.check("anna", PASSWORD)


def test_the_last_admin_stays(accounts: Accounts) -> None:
    """Nobody can lock everybody out: not by role, not by disabling."""
    add_user(accounts, "root", UserRole.ADMIN)
    add_user(accounts, "anna")

    with pytest.raises(StationError, match="No admin"):
        accounts.users.change("root", role=UserRole.OPERATOR, by="user:root")
    with pytest.raises(StationError, match="No admin"):
        accounts.users.change("root", active=False, by="user:root")
    accounts.users.change("anna", role=UserRole.ADMIN, by="user:root")
    accounts.users.change("root", active=False, by="user:anna")

    assert not accounts.users.get("root").active


def test_a_change_states_old_and_new_value_on_record(accounts: Accounts, records: Records) -> None:
    """What was there stays readable (21 CFR 11.10(e)); a change to the same value is none."""
    add_user(accounts, "anna")
    accounts.users.change("anna", role=UserRole.QUALITY, by="user:root")
    accounts.users.change("anna", role=UserRole.QUALITY, by="user:root")

    last = records.entries_of("user:anna", Kind.AUDIT)[-1]
    assert last.by == "user:root"
    assert json.loads(last.payload) == {
        "action": "user-changed",
        "details": {"role": "operator -> quality"},
    }
    assert _actions(records, "user:anna") == ["user-added", "user-changed"]


def test_no_password_is_stored_or_recorded(
    accounts: Accounts, records: Records, tmp_path: Path
) -> None:
    """Neither the database nor an entry holds one, old or new."""
    add_user(accounts, "anna")
    made = accounts.users.reset_password("anna", by="user:root")
    entries = records.entries_of("user:anna")

    files = b"".join(p.read_bytes() for p in tmp_path.glob("r.sqlite*"))
    assert b"$argon2id$" in files
    for secret in (PASSWORD, made):
        assert secret.encode() not in files
        assert not any(secret in entry.payload for entry in entries)


def test_an_unknown_user_is_missing(accounts: Accounts) -> None:
    """Changes to nobody are an error."""
    with pytest.raises(MissingError):
        accounts.users.reset_password("nobody", by="local")


def test_a_change_and_its_entry_are_one_transaction(accounts: Accounts, records: Records) -> None:
    """A refused change leaves no entry; an entry that cannot be stored leaves no change."""
    add_user(accounts, "anna")
    with pytest.raises(RecordsConflictError, match="user of this name"):
        add_user(accounts, "anna")
    assert _actions(records, "user:anna") == ["user-added"]
    records.close()

    with pytest.raises(RecordsError):
        add_user(accounts, "berta")
    assert [user.name for user in accounts.users.all()] == ["anna"]


def test_an_unknown_name_costs_the_same_work(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hash of the same cost is compared, whether or not there is such a user."""
    add_user(accounts, "anna")
    costs = []
    verify = PasswordHasher.verify

    def counted(self: PasswordHasher, stored: str, password: str) -> bool:
        costs.append(stored.split("$")[:4])
        return verify(self, stored, password)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    for name in ("anna", "nobody"):
        with pytest.raises(DeniedError):
            accounts.users.check(name, "wrong")

    assert len(costs) == 2
    assert costs[0] == costs[1]
