"""Who asks, and what they may do: keys, sessions, scopes."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from okng.accounts import Accounts, Scope, UserRole
from okng.accounts.sessions import form_token
from okng.testing.station.accounts import PASSWORD, add_user, cheap_passwords
from okng.testing.station.protected import client_of, protected


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Accounts]:
    """Accounts with one user of each role."""
    file = tmp_path_factory.mktemp("guard") / "r.sqlite"
    with Accounts(file, None, "s", passwords=cheap_passwords()) as opened:
        for role in UserRole:
            add_user(opened, f"the-{role}", role)
        yield opened


@pytest.fixture
def client(accounts: Accounts) -> TestClient:
    """A server whose answers name the caller."""
    return client_of(protected(accounts))


def _bearer(accounts: Accounts, name: str, *scopes: Scope) -> dict[str, str]:
    return {"Authorization": f"Bearer {accounts.keys.add(name, scopes, by='local').secret}"}


def test_a_request_without_key_and_login_is_refused(client: TestClient) -> None:
    """401, with the code that programs rely on."""
    answer = client.get("/who")

    assert (answer.status_code, answer.json()["code"]) == (401, "login.needed")


def test_a_key_does_what_its_scopes_allow(client: TestClient, accounts: Accounts) -> None:
    """Others are 403."""
    headers = _bearer(accounts, "judge-only", Scope.JUDGE)

    statuses = {s: client.post(f"/{s}", headers=headers).status_code for s in Scope}

    refused = dict.fromkeys(("review", "change", "admin", "collect"), 403)
    assert statuses == {"judge": 200} | refused
    assert client.get("/who", headers=headers).json()["name"] == "key:judge-only"


@pytest.mark.parametrize(
    ("role", "allowed"), [("operator", 2), ("quality", 3), ("admin", len(Scope))]
)
def test_a_user_does_what_the_role_allows(
    client: TestClient, accounts: Accounts, role: str, allowed: int
) -> None:
    """Operators judge and review, quality changes thresholds, admins all."""
    client.cookies.set("okng-session", accounts.log_in(f"the-{role}", PASSWORD))
    own = {"Origin": "http://localhost"}

    statuses = [client.post(f"/{s}", headers=own).status_code for s in Scope]

    assert statuses == [200] * allowed + [403] * (len(Scope) - allowed)


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer okng_00000000_" + "x" * 43, "Basic YTpi", "Bearer \x7f"]
)
def test_anything_but_a_valid_bearer_key_is_refused(client: TestClient, header: str) -> None:
    """Empty, unknown, of another scheme, with control characters."""
    assert client.get("/who", headers={"Authorization": header}).status_code == 401


def test_two_keys_in_one_request_are_refused(client: TestClient, accounts: Accounts) -> None:
    """A proxy and the server could each read another one of them."""
    good = _bearer(accounts, "two", Scope.JUDGE)["Authorization"]

    answer = client.get("/who", headers=[("Authorization", good), ("Authorization", "Bearer x")])

    assert answer.status_code == 401


@pytest.mark.parametrize("name", ["key", "api_key", "access_token", "token", "authorization"])
def test_a_key_in_the_query_string_is_refused(
    client: TestClient, accounts: Accounts, name: str
) -> None:
    """URLs end up in logs, histories and bookmarks."""
    secret = _bearer(accounts, f"query-{name}", Scope.JUDGE)["Authorization"].split()[1]

    assert client.get("/who", params={name: secret}).status_code == 401


def test_a_wrong_key_is_not_helped_by_a_session(client: TestClient, accounts: Accounts) -> None:
    """A program with a revoked key does not act as the person at its browser."""
    client.cookies.set("okng-session", accounts.log_in("the-admin", PASSWORD))

    assert client.get("/who", headers={"Authorization": "Bearer x"}).status_code == 401


def test_a_planted_session_is_refused(client: TestClient) -> None:
    """An identifier that no login made is nobody's."""
    client.cookies.set("okng-session", "planted")

    assert client.get("/who").status_code == 401


def test_a_request_without_origin_needs_the_token_of_its_session(
    client: TestClient, accounts: Accounts
) -> None:
    """In a header or a field of the form; a read needs none."""
    secret = accounts.log_in("the-admin", PASSWORD)
    client.cookies.set("okng-session", secret)
    token = form_token(secret)

    assert client.get("/who").status_code == 200
    assert client.post("/who").json()["code"] == "origin.foreign"
    assert client.post("/who", headers={"X-Okng-Form-Token": "wrong"}).status_code == 403
    assert client.post("/who", headers={"X-Okng-Form-Token": token}).status_code == 200
    assert client.post("/who", data={"form_token": token}).status_code == 200
    assert client.post("/who", data={"form_token": "ü"}).status_code == 403


def test_a_user_of_a_made_password_may_only_replace_it(
    client: TestClient, accounts: Accounts
) -> None:
    """The page of the password is open to every known user, all else is not."""
    made = accounts.users.add("new", "New", UserRole.ADMIN, by="local") or ""
    client.cookies.set("okng-session", accounts.log_in("new", made))

    assert client.get("/who").json()["name"] == "user:new"
    assert client.post("/judge", headers={"Origin": "http://localhost"}).status_code == 403


def test_without_accounts_everybody_is_local() -> None:
    """`--no-auth`: all scopes, and `local` on record."""
    client = client_of(protected())

    assert [client.post(f"/{scope}").json() for scope in Scope] == ["local"] * len(Scope)


def test_over_https_only_host_cookies_count(accounts: Accounts) -> None:
    """A neighbour of the same domain cannot plant a session."""
    client = client_of(protected(accounts), base="https://localhost")
    secret = accounts.log_in("the-admin", PASSWORD)

    plain = client.get("/who", headers={"Cookie": f"okng-session={secret}"})
    host = client.get("/who", headers={"Cookie": f"__Host-okng-session={secret}"})

    assert (plain.status_code, host.status_code) == (401, 200)
