"""Every page in a browser: for everybody, by keyboard alone, without the internet."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from okng.testing import draw_part, encode
from web_axe import faults
from web_site import Site

_OFTEN = ("/live", "/inspections?verdict=NG", "/review")
_RARE = ("/drop", "/inspections?view=gallery&verdict=NG", "/figures", "/master-parts", "/models",
         "/camera", "/audit-log")  # fmt: skip
PAGES = (*_OFTEN, *_RARE)
EACH = [*_OFTEN, *(pytest.param(address, marks=pytest.mark.slow) for address in _RARE)]
_FOCUSABLE = """() => {
  const kinds = "a[href], button, input, select, textarea, summary, [tabindex='0']";
  const groups = new Set();
  const first = ({ type, name }) => type !== "radio" || (!groups.has(name) && groups.add(name));
  window.wanted = [...document.querySelectorAll(kinds)]
    .filter((one) => one.checkVisibility() && !one.disabled && one.type !== "hidden")
    .filter(first);
  return window.wanted.length;
}"""
# A radio button stands for its group: Tab enters the group, arrows move in it.
_FOCUSED = """() => window.wanted.findIndex((one) => one === document.activeElement
  || one.type === "radio" && one.name === document.activeElement.name)"""


@pytest.mark.parametrize("address", EACH)
def test_pages_are_for_everybody(page: Page, axe: str, address: str) -> None:
    """Axe finds nothing serious, light and dark, on a phone and on a large screen."""
    assert faults(page, address, axe) == {}


@pytest.mark.parametrize("address", EACH)
def test_everything_is_reached_by_the_keyboard(page: Page, address: str) -> None:
    """Tab comes to each link, button and field, and does not get caught."""
    page.goto(address)
    wanted = page.evaluate(_FOCUSABLE)
    reached = set()
    for _ in range(wanted + 15):  # a field for a date takes four
        page.keyboard.press("Tab")
        reached.add(page.evaluate(_FOCUSED))

    assert wanted > 10
    assert set(range(wanted)) <= reached


def test_an_inspection_is_for_everybody(page: Page, site: Site, axe: str) -> None:
    """Likewise the page of one inspection."""
    identifier = site.add("NG", "axe-1")

    assert faults(page, f"/inspections/{identifier}", axe) == {}


def test_pages_need_nothing_from_elsewhere(page: Page, site: Site) -> None:
    """Every file comes from the station."""
    elsewhere: list[str] = []

    def check(route: Route) -> None:
        if not route.request.url.startswith(site.address):
            elsewhere.append(route.request.url)
        route.continue_()

    page.route("**/*", check)
    for address in PAGES:
        page.goto(address)

    assert elsewhere == []


def test_live_page_shows_a_part_as_it_comes(page: Page, site: Site) -> None:
    """The word, the serial and the counters change without a reload."""
    page.goto("/live")
    before = int(page.locator(".counts dd").first.inner_text().split()[0])
    site.add("NG", "live-1")

    expect(page.locator(".big")).to_have_text("NG")
    expect(page.get_by_role("link", name="live-1")).to_be_visible()
    expect(page.locator(".counts dd").first).to_contain_text(str(before + 1))


def test_a_photo_is_dropped_by_keyboard(page: Page, site: Site, tmp_path: Path) -> None:
    """The verdict appears on the page, and is on record under its serial."""
    photo = tmp_path / "part.png"
    photo.write_bytes(encode(draw_part(1, size=64).photo, "png"))
    page.goto("/drop")
    page.get_by_label("Serial number").focus()
    page.keyboard.type("drop-1")
    page.locator("#photo").set_input_files(photo)
    expect(page.locator("#result .big")).to_be_visible()
    page.get_by_role("link", name="Open the inspection").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("drop-1")


def test_what_is_no_photo_is_refused_in_words(refused_page: Page, tmp_path: Path) -> None:
    """The page stays as it is, and a message says what to do."""
    text = tmp_path / "notes.png"
    text.write_text("no photo")
    refused_page.goto("/drop")
    refused_page.locator("#photo").set_input_files(text)

    expect(refused_page.get_by_role("alert").filter(has_text="photo")).to_be_visible()
    expect(refused_page.locator("#result")).to_be_empty()


def test_inspections_are_searched_as_one_types(page: Page, site: Site) -> None:
    """The key / leads to the field; the list follows, and so does the address."""
    site.add("OK", "find-77")
    page.goto("/inspections")
    page.keyboard.press("/")
    page.keyboard.type("find-7")

    expect(page.locator("#list tbody tr")).to_have_count(1)
    expect(page.locator("#list")).to_contain_text("find-77")
    expect(page).to_have_url(
        f"{site.address}/inspections?serial=find-7&batch=&reviewed=&since=&until=&view=table"
    )


def test_pages_of_inspections_follow_each_other(page: Page) -> None:
    """The key n leads to older ones, each part once."""
    page.goto("/inspections")
    first = set(page.locator("#list tbody a").all_inner_texts())
    page.keyboard.press("n")
    page.wait_for_url("**cursor=**")
    second = set(page.locator("#list tbody a").all_inner_texts())

    assert first
    assert second
    assert not first & second


def test_review_takes_one_key_and_can_be_taken_back(page: Page, site: Site) -> None:
    """Key g is good, u takes it back; both are on record, and nothing is deleted."""
    identifier = site.add("REVIEW", "queue-1")
    page.goto("/review")
    expect(page.locator("#queue")).to_contain_text("queue-1")
    page.keyboard.press("g")
    expect(page.locator("#queue")).not_to_contain_text("queue-1")
    page.keyboard.press("u")
    expect(page.locator("#queue")).to_contain_text("queue-1")
    detail = site.records.detail(identifier)

    assert detail is not None
    assert detail.review is None
    assert [entry.payload.count('"truth":null') for entry in detail.entries] == [0, 1]


def test_an_operator_disagrees_with_type_and_note(page: Page, site: Site) -> None:
    """It is in the history of the inspection at once, with who said so."""
    identifier = site.add("OK", "wrong-1")
    page.goto(f"/inspections/{identifier}")
    page.keyboard.press("2")
    page.get_by_label("Note").fill("seen at the rim")
    page.get_by_label("Note").blur()
    page.keyboard.press("d")

    expect(page.locator("#reviews")).to_contain_text("disagrees with the station")
    expect(page.locator(".history")).to_contain_text("defective part: scratch")
    expect(page.locator(".history")).to_contain_text("seen at the rim")


def test_a_report_is_read_in_the_browser(refused_page: Page, site: Site) -> None:
    """With its style and its own script; that of somebody else does not run."""
    refused_page.goto("/models")
    with refused_page.expect_popup() as opened:
        refused_page.get_by_role("link", name="open").click()
    report = opened.value

    expect(report.get_by_role("heading", name="Report")).to_have_css("color", "rgb(0, 97, 154)")
    expect(report.locator(".controls")).to_be_visible()
    expect(report).to_have_title("Report")
    assert report.evaluate("window.origin") == "null"


def test_the_first_tab_leads_past_the_navigation(page: Page) -> None:
    """The link is there for whoever uses the keyboard."""
    page.goto("/inspections")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator("main")).to_be_focused()


def test_language_and_colours_are_chosen_by_keyboard(page: Page) -> None:
    """And stay so on the next page."""
    page.goto("/live")
    page.get_by_role("button", name="DE", exact=True).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Station live")
    page.get_by_role("button", name="Farben des Geräts").press("Enter")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.goto("/figures")

    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_menu_of_a_phone_opens_by_keyboard(page: Page) -> None:
    """And leads to a page."""
    page.set_viewport_size({"width": 360, "height": 700})
    page.goto("/live")
    page.get_by_role("button", name="Menu").press("Enter")
    page.get_by_role("link", name="Figures").press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Figures")
