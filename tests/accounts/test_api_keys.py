"""Keys of programs: made, used, rotated, revoked, expired."""

from pathlib import Path

import pytest

from okng.accounts import Accounts, Scope
from okng.errors import MissingError, RecordsConflictError, StationError
from okng.records import Kind, Records
from okng.testing.station.accounts import FakeClock, cheap_passwords


def test_a_key_is_accepted_by_its_secret_only(accounts: Accounts) -> None:
    """Neither prefix nor a changed last character will do."""
    new = accounts.keys.add("line", [Scope.JUDGE], by="local")

    key = accounts.keys.of_secret(new.secret)

    assert key is not None
    assert key.name == "line"
    assert key.scopes == {Scope.JUDGE}
    assert new.secret.startswith(key.prefix)
    other = new.secret[:-1] + ("A" if new.secret[-1] != "A" else "B")
    for wrong in (key.prefix, other, "", new.secret + "x", "ö" * 57):
        assert accounts.keys.of_secret(wrong) is None


def test_the_database_has_no_key(accounts: Accounts, tmp_path: Path) -> None:
    """Only prefix and hash are stored: a stolen backup gives nobody access."""
    new = accounts.keys.add("line", [Scope.JUDGE], by="local")

    files = b"".join(path.read_bytes() for path in tmp_path.glob("r.sqlite*"))
    assert new.key.prefix.encode() in files
    assert new.secret.encode() not in files
    assert new.secret.removeprefix(new.key.prefix).encode() not in files


def test_a_revoked_key_ends_at_once(accounts: Accounts) -> None:
    """Also one that was used a moment ago."""
    new = accounts.keys.add("line", [Scope.JUDGE], by="local")
    accounts.keys.of_secret(new.secret)
    assert accounts.keys.recent(new.secret) is not None

    accounts.keys.revoke(new.key.prefix, by="local")

    assert accounts.keys.recent(new.secret) is None
    assert accounts.keys.of_secret(new.secret) is None
    with pytest.raises(MissingError):
        accounts.keys.revoke(new.key.prefix, by="local")


def test_a_rotated_key_works_beside_its_successor_for_a_while(
    accounts: Accounts, clock: FakeClock
) -> None:
    """Name and scopes stay; the old secret ends after the grace."""
    old = accounts.keys.add("line", [Scope.JUDGE], by="local")
    new = accounts.keys.rotate(old.key.prefix, by="local", grace_s=60)
    clock.advance(59)
    assert accounts.keys.of_secret(old.secret) is not None
    clock.advance(1)

    assert accounts.keys.recent(old.secret) is None
    assert accounts.keys.of_secret(old.secret) is None
    assert accounts.keys.of_secret(new.secret) is not None
    assert (new.key.name, new.key.scopes) == (old.key.name, old.key.scopes)


def test_a_key_expires(accounts: Accounts, clock: FakeClock) -> None:
    """After its days it is refused."""
    new = accounts.keys.add("line", [Scope.JUDGE], by="local", days=1)
    clock.advance(86_399)
    assert accounts.keys.of_secret(new.secret) is not None
    clock.advance(1)

    assert accounts.keys.of_secret(new.secret) is None


def test_the_last_use_is_listed_to_the_minute(accounts: Accounts, clock: FakeClock) -> None:
    """It shows which keys nobody needs any more."""
    new = accounts.keys.add("line", [Scope.JUDGE], by="local")
    assert accounts.keys.all()[0].used_us is None
    accounts.keys.of_secret(new.secret)
    first = clock()
    clock.advance(59)
    accounts.keys.of_secret(new.secret)
    assert accounts.keys.all()[0].used_us == first
    clock.advance(1)
    accounts.keys.of_secret(new.secret)

    assert accounts.keys.all()[0].used_us == clock()


def test_a_name_is_that_of_one_valid_key(accounts: Accounts) -> None:
    """Records name the key that asked: two programs cannot share a name."""
    new = accounts.keys.add("line", [Scope.JUDGE], by="local")
    with pytest.raises(RecordsConflictError):
        accounts.keys.add("line", [Scope.ADMIN], by="local")
    accounts.keys.revoke(new.key.prefix, by="local")

    assert accounts.keys.add("line", [Scope.JUDGE], by="local").key.name == "line"


@pytest.mark.parametrize("name", ["", "a b", "x\ny", "-x", "../x", "a" * 61])
def test_odd_names_of_keys_are_refused(accounts: Accounts, name: str) -> None:
    """They go into logs and records."""
    with pytest.raises(StationError, match="no name"):
        accounts.keys.add(name, [Scope.JUDGE], by="local")


def test_a_key_without_scope_or_with_an_odd_end_is_refused(accounts: Accounts) -> None:
    """It would be of no use, or never end."""
    with pytest.raises(StationError, match="scope"):
        accounts.keys.add("line", [], by="local")
    with pytest.raises(StationError, match="end"):
        accounts.keys.add("line", [Scope.JUDGE], by="local", days=0)


def test_changes_of_keys_are_on_record(accounts: Accounts, records: Records) -> None:
    """Who made, rotated and revoked which key; never its secret."""
    new = accounts.keys.add("line", [Scope.JUDGE], by="user:root")
    rotated = accounts.keys.rotate(new.key.prefix, by="user:root")
    accounts.keys.revoke(rotated.key.prefix, by="user:anna")

    entries = records.entries_of("key:line", Kind.AUDIT)
    assert [(e.by, "key-" in e.payload) for e in entries] == [
        ("user:root", True),
        ("user:root", True),
        ("user:anna", True),
    ]
    assert not any(secret in e.payload for e in entries for secret in (new.secret, rotated.secret))


def test_another_process_revokes_within_a_second(database: str, records: Records) -> None:
    """A key is accepted from memory for a second at most."""
    with (
        Accounts(database, records, "s", passwords=cheap_passwords()) as server,
        Accounts(database, records, "s", passwords=cheap_passwords()) as command,
    ):
        new = server.keys.add("line", [Scope.JUDGE], by="local")
        server.keys.of_secret(new.secret)
        command.keys.revoke(new.key.prefix, by="command")

        assert server.keys.of_secret(new.secret) is None
