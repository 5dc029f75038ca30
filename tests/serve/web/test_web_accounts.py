"""Pages about accounts: first admin, login, password, users and keys."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from okng.accounts import Accounts, Scope, UserRole
from okng.serve import Serving, create_app
from okng.station import Station, database_of, opened
from okng.testing import BrightnessSession, grey_photo, station_settings
from okng.testing.station.accounts import PASSWORD, add_user, cheap_passwords

OWN = {"Origin": "http://localhost"}


@pytest.fixture(scope="module")
def station(exported: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    """One station for all pages."""
    session = BrightnessSession()
    settings = station_settings(tmp_path_factory.mktemp("accounts-pages"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("okng.inference.engine.loaded.open_session", lambda *_: session)
        with opened(settings, [exported]) as made:
            yield made


@pytest.fixture(scope="module")
def accounts(station: Station) -> Iterator[Accounts]:
    """Its accounts: an admin `root` and an operator `anna`."""
    database = database_of(station.settings)
    with Accounts(database, station.records, station.name, passwords=cheap_passwords()) as made:
        add_user(made, "root", UserRole.ADMIN)
        add_user(made, "anna")
        yield made


@pytest.fixture
def browser(station: Station, accounts: Accounts) -> TestClient:
    """A browser in front of the station; it follows no redirects."""
    app = create_app(Serving(station, accounts))
    return TestClient(app, "http://localhost", headers=OWN, follow_redirects=False)


def _login(browser: TestClient, name: str, **more: str) -> str:
    answer = browser.post("/login", data={"name": name, "password": PASSWORD, **more})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def test_a_page_leads_to_the_login_and_back(browser: TestClient) -> None:
    """Whoever is not known sees the form, and then the page that was asked for."""
    asked = browser.get("/figures")
    form = browser.get(asked.headers["location"])

    assert asked.headers["location"] == "/login?back=/figures"
    assert 'name="back" value="/figures"' in form.text
    assert _login(browser, "anna", back="/figures") == "/figures"
    assert browser.get("/figures").status_code == 200


@pytest.mark.parametrize(
    "back", ["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example", "x"]
)
def test_a_login_leads_to_no_other_site(browser: TestClient, back: str) -> None:
    """Open redirect: a link to our login must not end at a copy of it."""
    assert 'name="back" value="/"' in browser.get("/login", params={"back": back}).text
    assert _login(browser, "anna", back=back) == "/"


def test_the_cookie_of_a_session_is_out_of_reach(station: Station, accounts: Accounts) -> None:
    """Not for scripts, not for other sites; over HTTPS only for this very host."""
    app = create_app(Serving(station, accounts))
    cookies = {}
    for scheme in ("http", "https"):
        client = TestClient(app, f"{scheme}://localhost", follow_redirects=False)
        own = {"Origin": f"{scheme}://localhost"}
        data = {"name": "anna", "password": PASSWORD}
        cookies[scheme] = client.post("/login", data=data, headers=own).headers["set-cookie"]

    for cookie in cookies.values():
        assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
        assert "Domain" not in cookie
    assert "Secure" not in cookies["http"]
    assert "Secure" in cookies["https"]
    assert cookies["https"].startswith("__Host-")


def test_a_session_from_before_the_login_is_not_taken_over(
    browser: TestClient, accounts: Accounts
) -> None:
    """Session fixation: the login gives a new identifier, and ends an older session."""
    before = accounts.log_in("anna", PASSWORD)
    browser.cookies.set("okng-session", before, domain="localhost.local")
    answer = browser.post(
        "/login",
        data={"name": "anna", "password": PASSWORD},
        headers={"Cookie": f"okng-session={before}"},
    )
    after = re.search(r"okng-session=([^;]+)", answer.headers["set-cookie"])

    assert after is not None
    assert after[1] != before
    assert accounts.sessions.user_of(before) is None


def test_wrong_name_and_wrong_password_get_the_same_page(browser: TestClient) -> None:
    """Nothing on it discloses who exists."""
    pages = [
        browser.post("/login", data={"name": name, "password": "wrong"})
        for name in ("root", "nobody")
    ]

    assert [page.status_code for page in pages] == [401, 401]
    assert pages[0].text == pages[1].text


def test_many_logins_from_one_address_are_slowed_down(browser: TestClient) -> None:
    """One password tried with many names: 30 a minute, then 429 and when to repeat."""
    statuses = [
        browser.post("/login", data={"name": f"n{number}", "password": "x"}).status_code
        for number in range(31)
    ]
    last = browser.post("/login", data={"name": "n", "password": "x"})

    assert set(statuses[:30]) == {401}
    assert statuses[30] == 429
    assert int(last.headers["retry-after"]) > 0


@pytest.mark.parametrize("path", ["/login", "/setup"])
def test_a_form_without_origin_needs_its_token(
    station: Station, accounts: Accounts, path: str
) -> None:
    """Login CSRF: a page of another site cannot log its visitor in as somebody else."""
    client = TestClient(create_app(Serving(station, accounts)), "http://localhost",
                        follow_redirects=False)  # fmt: skip
    data = {"name": "anna", "password": PASSWORD, "code": "x", "printed_name": "x", "repeated": "x"}
    without = client.post(path, data=data)
    token = re.search(r'name="form_token" value="(\w+)"', client.get("/login").text)

    assert token is not None
    assert without.status_code == 403
    assert client.post(path, data=data | {"form_token": token[1]}).status_code != 403
    assert client.post(path, data=data | {"form_token": "0" * 64}).status_code == 403


def test_a_logout_ends_the_session(browser: TestClient, accounts: Accounts) -> None:
    """Also for somebody who has a copy of the cookie."""
    _login(browser, "anna")
    secret = browser.cookies["okng-session"]

    assert browser.post("/logout").headers["location"] == "/login"
    assert accounts.sessions.user_of(secret) is None
    assert "okng-session" not in browser.cookies


def test_an_operator_sees_no_users(browser: TestClient) -> None:
    """Only admins see and change them."""
    _login(browser, "anna")

    assert browser.get("/users").status_code == 403
    data = {"name": "x", "printed_name": "X", "role": "admin"}
    assert browser.post("/users", data=data).status_code == 403
    assert browser.post("/users/anna/role", data={"role": "admin"}).status_code == 403
    assert browser.post("/keys", data={"name": "x", "scopes": "admin"}).status_code == 403


def test_an_admin_adds_a_user_who_replaces_the_password(
    browser: TestClient, station: Station, accounts: Accounts
) -> None:
    """The made password is shown once; with it one can only read and replace it."""
    _login(browser, "root")
    data = {"name": "berta", "printed_name": "Berta <B>", "role": "quality"}
    made = re.search(r'class="secret">([^<]+)<', browser.post("/users", data=data).text)
    assert made is not None
    listed = browser.get("/users").text
    assert made[1] not in listed
    assert "Berta &lt;B&gt;" in listed

    other = TestClient(browser.app, "http://localhost", headers=OWN, follow_redirects=False)
    first = other.post("/login", data={"name": "berta", "password": made[1]})
    assert first.headers["location"] == "/password"
    assert "only read" in other.get("/password").text
    assert other.post("/password", data=_passwords(made[1], "differs")).status_code == 400
    replaced = other.post("/password", data=_passwords(made[1], PASSWORD))

    assert replaced.status_code == 303
    assert other.get("/password").status_code == 200
    assert accounts.users.check("berta", PASSWORD).scopes >= {Scope.CHANGE}


def _passwords(old: str, repeated: str) -> dict[str, str]:
    return {"old": old, "new": PASSWORD, "repeated": repeated}


def test_an_admin_changes_and_locks_a_user(browser: TestClient, accounts: Accounts) -> None:
    """Role, lock, unlock and reset; a fault stands on the page."""
    add_user(accounts, "carl")
    _login(browser, "root")

    assert browser.post("/users/carl/role", data={"role": "quality"}).status_code == 303
    assert accounts.users.get("carl").role is UserRole.QUALITY
    assert browser.post("/users/carl/active", data={"active": "false"}).status_code == 303
    assert not accounts.users.get("carl").active
    assert browser.post("/users/carl/active", data={"active": "true"}).status_code == 303
    assert accounts.users.get("carl").active
    assert 'class="secret"' in browser.post("/users/carl/reset").text
    last = browser.post("/users/root/active", data={"active": "false"})
    assert (last.status_code, "No admin would be left" in last.text) == (400, True)
    assert browser.post("/users/nobody/reset").status_code == 404


def test_an_admin_makes_replaces_and_revokes_a_key(browser: TestClient, accounts: Accounts) -> None:
    """Each secret is shown once."""
    _login(browser, "root")
    made = browser.post("/keys", data={"name": "line", "scopes": ["judge", "review"], "days": "9"})
    secret = re.search(r'class="secret">([^<]+)<', made.text)
    assert secret is not None
    key = accounts.keys.of_secret(secret[1])
    assert key is not None
    assert key.scopes == {Scope.JUDGE, Scope.REVIEW}
    assert secret[1] not in browser.get("/users").text

    replaced = browser.post(f"/keys/{key.prefix}/rotate").text
    assert accounts.keys.of_secret(secret[1]) is None
    prefix = re.findall(r'class="secret">(okng_\w{8})', replaced)[0]
    assert browser.post(f"/keys/{prefix}/revoke").status_code == 303
    assert browser.post("/keys", data={"name": "x"}).status_code == 400


def test_the_first_admin_is_made_by_the_printed_link(
    exported: Path, tmp_path: Path, station: Station
) -> None:
    """Once: then the link leads to the login, and its code makes nobody."""
    with Accounts(tmp_path / "r.sqlite", None, "s", passwords=cheap_passwords()) as accounts:
        code = accounts.first_admin.new_code() or ""
        app = create_app(Serving(station, accounts))
        client = TestClient(app, "http://localhost", headers=OWN, follow_redirects=False)
        data = {"code": code, "name": "root", "printed_name": "Root",
                "password": PASSWORD, "repeated": PASSWORD}  # fmt: skip

        assert client.get("/login").headers["location"] == "/setup"
        assert f'value="{code}"' in client.get("/setup", params={"code": code}).text
        assert client.post("/setup", data=data | {"code": "x"}).status_code == 401
        assert client.post("/setup", data=data | {"repeated": "x"}).status_code == 400
        made = client.post("/setup", data=data)
        again = client.post("/setup", data=data | {"name": "eve"})

        assert (made.status_code, again.status_code) == (303, 401)
        assert client.get("/users").status_code == 200
        assert client.get("/setup").headers["location"] == "/login"
        assert [user.name for user in accounts.users.all()] == ["root"]


def test_a_serial_number_is_text_on_every_page(browser: TestClient, accounts: Accounts) -> None:
    """Stored XSS: what a program sends as a name is shown, and never runs."""
    attack = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'"
    _login(browser, "root")
    about = {"serial": attack, "batch": attack, "product": attack}
    png = {"content-type": "image/png"}
    given = browser.post("/api/v1/inspections", content=grey_photo(9), headers=png, params=about)
    identifier = given.json()["id"]
    browser.post(f"/inspections/{identifier}/review", data={"truth": "NG", "note": attack})

    for path in ("/live", "/inspections", f"/inspections/{identifier}", "/review", "/audit-log"):
        page = browser.get(path).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    assert "&lt;script&gt;" in browser.get(f"/inspections/{identifier}").text


def test_a_person_signs_on_the_page_of_an_inspection(browser: TestClient) -> None:
    """With the password typed anew; the history then shows name and meaning."""
    _login(browser, "anna")
    png = {"content-type": "image/png"}
    identifier = browser.post("/api/v1/inspections", content=grey_photo(8), headers=png).json()[
        "id"
    ]
    address = f"/inspections/{identifier}"
    data = {"meaning": "approval", "note": "seen", "password": PASSWORD}
    assert f'action="{address}/sign"' in browser.get(address).text

    assert browser.post(f"{address}/sign", data=data | {"password": "x"}).status_code == 401
    assert "signed as" not in browser.get(address).text
    assert browser.post(f"{address}/sign", data=data).headers["location"] == address

    assert "signed as Anna: approval" in browser.get(address).text
