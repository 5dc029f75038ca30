"""Pages from rows: words, numbers and colours of the reader's choice."""

import re
from datetime import datetime

import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.testclient import TestClient

from okng.records import InspectionRow
from okng.serve.web.frame import Banner, Frame, Severity
from okng.serve.web.pages.preferences import local, router
from okng.serve.web.preferences import Preferences, Theme, preferences_of
from okng.serve.web.rendering import render
from okng.serve.web.views.live import Count, Panel
from okng.wording import Language

ROW = InspectionRow(
    id="0197", time_us=1_790_000_000_000_000, offset_min=120, station="press 4", serial="<A-17>",
    photo_digest="ab" * 32, photo_place="ab/ab.jpg", model_digest="cd" * 32, model_name="discs",
    operating_point='{"threshold":"0.400000000","review_low":"0.3","review_high":"0.5"}',
    threshold_e9=400_000_000, score_e9=345_600_000, unfamiliarity_e9=20_000_000,
    probabilities='{"ok":"0.654400000","scratch":"0.345600000"}', verdict="REVIEW",
    class_name="scratch", reason="band", latency_us=12_345, okng_version="1",
)  # fmt: skip


def _frame(chosen: Language, *banners: Banner) -> Frame:
    return Frame("press 4", Preferences(chosen, Theme.DARK), path="/live", banners=banners)


def _live(chosen: Language) -> str:
    panel = Panel(ROW, (Count("this shift", datetime(2026, 9, 21, 6), ok=9_990, ng=10),), 12_345)
    return render("live", _frame(chosen), panel=panel)


def test_live_page_is_in_english_and_german() -> None:
    """Words, decimal marks and thousands are those of the language; serials stay text."""
    english, german = _live(Language.EN), _live(Language.DE)

    assert all(text in english for text in ("REVIEW", "0.346", "9,990", "99.90 %", "a person"))
    assert all(text in german for text in ("PRÜFEN", "0,346", "9.990", "99,90 %", "Ein Mensch"))
    assert "&lt;A-17&gt;" in english
    assert "<A-17>" not in english


def test_live_stream_goes_on_in_the_background() -> None:
    """A stream of htmx 4 pauses a stream when the window is covered, unless this is set."""
    assert '"pauseOnBackground": false' in _live(Language.EN)


def test_htmx_starts_after_its_extensions() -> None:
    """Deferred, it starts by a timer, in one of ten loads before the extension of streams."""
    page = _live(Language.EN)

    assert re.search(r'<script src="[^"]*/htmx.min.js[^"]*"></script>', page)
    assert re.search(r'<script src="[^"]*/hx-sse.min.js[^"]*" defer></script>', page)


def test_every_page_shows_the_banners() -> None:
    """One that stops the line is announced at once."""
    page = render(
        "drop", _frame(Language.EN, Banner(Severity.STOP, "The inspection is off.")), row=None
    )

    assert 'class="banner stop" role="alert"' in page
    assert "The inspection is off." in page


@pytest.mark.parametrize(
    ("cookies", "accepted", "expected"),
    [
        ("", "", (Language.EN, Theme.AUTO)),
        ("", "fr-FR, de-DE;q=0.8, en;q=0.5", (Language.DE, Theme.AUTO)),
        ("okng_language=en; okng_theme=dark", "de", (Language.EN, Theme.DARK)),
        ("okng_language=xx; okng_theme=pink", "", (Language.EN, Theme.AUTO)),
    ],
)
def test_language_is_the_chosen_one_or_that_of_the_browser(
    cookies: str, accepted: str, expected: tuple[Language, Theme]
) -> None:
    """A cookie that names no language counts for nothing."""
    headers = [(b"cookie", cookies.encode()), (b"accept-language", accepted.encode())]

    assert preferences_of(Request({"type": "http", "headers": headers})) == expected


@pytest.mark.parametrize(
    "address", ["//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example", ""]
)
def test_choice_never_leads_to_another_site(address: str) -> None:
    """The way back is a page of the station."""
    assert local(address) == "/"
    assert local("/inspections?serial=A") == "/inspections?serial=A"


def test_choice_is_stored_in_the_browser() -> None:
    """And the page that it was made on comes back."""
    app = FastAPI()
    app.include_router(router)
    client = TestClient(app, follow_redirects=False)
    response = client.post("/preferences", data={"language": "de", "back": "/figures"})

    assert (response.status_code, response.headers["location"]) == (303, "/figures")
    assert response.cookies["okng_language"] == "de"
    assert "okng_theme" not in response.cookies
