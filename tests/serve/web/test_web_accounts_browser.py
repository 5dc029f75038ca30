"""Pages about accounts in a browser: for everybody, light and dark, and their streams end."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from okng.testing.station.accounts import PASSWORD
from web_axe import faults

_PATIENCE_MS = 20_000


@pytest.fixture
def stranger(browser: Browser, accounts_site: str) -> Iterator[Page]:
    """A page of the station for somebody who has not logged in."""
    context = browser.new_context(base_url=accounts_site, locale="en-US", reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(_PATIENCE_MS)
    yield page
    context.close()


@pytest.fixture
def admin(stranger: Page) -> Page:
    """The same for the admin, who logged in on the page."""
    stranger.goto("/login")
    stranger.get_by_label("Name").fill("root")
    stranger.get_by_label("Password").fill(PASSWORD)
    stranger.keyboard.press("Enter")
    stranger.wait_for_url("**/live")
    return stranger


@pytest.mark.parametrize(
    "address",
    [
        "/login",
        *(pytest.param(a, marks=pytest.mark.slow) for a in ("/login?back=/users", "/nowhere")),
    ],
)
def test_pages_before_a_login_are_for_everybody(stranger: Page, axe: str, address: str) -> None:
    """Axe finds nothing serious, light and dark, on a phone and on a large screen."""
    assert faults(stranger, address, axe) == {}


def test_the_one_time_link_is_for_everybody(stranger: Page, axe: str, setup_link: str) -> None:
    """It makes the first admin."""
    assert faults(stranger, setup_link, axe) == {}


@pytest.mark.parametrize(
    "address",
    ["/users", *(pytest.param(a, marks=pytest.mark.slow) for a in ("/password", "/audit-log"))],
)
def test_pages_of_accounts_are_for_everybody(admin: Page, axe: str, address: str) -> None:
    """Likewise, with users, keys and entries on them."""
    assert faults(admin, address, axe) == {}


def test_a_made_password_is_for_everybody(admin: Page, axe: str) -> None:
    """The page that shows a secret once, which no address leads to."""
    admin.goto("/users")
    form = admin.locator("form[action='/keys']")
    form.get_by_label("Name").fill("camera")
    form.get_by_role("checkbox").first.check()
    form.get_by_role("button").click()
    expect(admin.locator(".secret")).to_be_visible()

    assert faults(admin, "", axe) == {}


def test_a_live_page_leads_to_the_login_when_its_session_ends(
    admin: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a logout in another window of the same browser."""
    monkeypatch.setattr("okng.serve.security.guard.READER_S", 0.1)
    admin.goto("/live")
    other = admin.context.new_page()
    other.goto("/figures")
    other.get_by_role("button", name="Log out").click()

    admin.wait_for_url("**/login?back=/live")
