"""Accounts in PostgreSQL: the same story as in SQLite."""

from concurrent.futures import ThreadPoolExecutor

from okng.accounts import Accounts, Meaning, Scope, UserRole
from okng.errors import OkngError
from okng.records import Records
from okng.testing.station.accounts import PASSWORD, add_user, cheap_passwords


def test_accounts_live_in_postgresql(postgres_url: str) -> None:
    """First admin, of four at once; user, key, session, lock, signature."""
    with (
        Records(postgres_url) as records,
        Accounts(postgres_url, records, "s", passwords=cheap_passwords()) as accounts,
    ):
        code = accounts.first_admin.new_code() or ""
        with ThreadPoolExecutor(4) as pool:
            made = list(pool.map(lambda name: _makes(accounts, code, name), "abcd"))
        add_user(accounts, "anna", UserRole.QUALITY)
        secret = accounts.log_in("anna", PASSWORD)
        key = accounts.keys.add("line", [Scope.JUDGE], by="local")
        row = records.entries_of("key:line")[0].id
        accounts.signatures.sign(row, Meaning.REVIEW, name="anna", password=PASSWORD)
        accounts.keys.rotate(key.key.prefix, by="local")

        assert sorted(made) == [False, False, False, True]
        assert accounts.sessions.user_of(secret) is not None
        assert accounts.keys.of_secret(key.secret) is None
        assert [each.matches for each in accounts.signatures.of(row)] == [True]


def _makes(accounts: Accounts, code: str, name: str) -> bool:
    try:
        accounts.first_admin.make(code, name, name, PASSWORD)
    except OkngError:
        return False
    return True
