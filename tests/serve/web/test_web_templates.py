"""Templates and scripts keep to htmx 4, to a strict policy for content, and to two languages."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

import okng
from okng.serve.web.rendering import environment

WEB = Path(okng.__file__).parent / "serve" / "web"
TEMPLATES = sorted((WEB / "templates").rglob("*.j2"))
SCRIPTS = sorted((WEB / "static").glob("*.js"))
GERMAN = WEB.parents[1] / "wording" / "locale" / "de" / "LC_MESSAGES" / "okng.po"
# From package/dist/scripts/upgrade-check.py of htmx 4.0.1: removed, renamed, or of htmx 2.
OLD = re.compile(
    r"\b(hx-(vars|params|prompt|ext|disinherit|inherit|request|history|disabled-elt)=|sse-connect|"
    r"sse-swap|sse-close|ws-connect|htmx:[a-z]+[A-Z]|htmx\.(addClass|removeClass|toggleClass|"
    r"closest|remove|off|location|takeClass|logAll|logNone|defineExtension)\b|defaultSwapStyle|"
    r"includeIndicatorStyles|(show|scroll):[^:\s\"]+:(top|bottom))"
)
# What `script-src 'self'; style-src 'self'` of the station refuses.
REFUSED = re.compile(
    r"\shx-on\b|\son[a-z]+=|\sstyle=|[\"']js:|javascript:|<style\b|<script(?![^>]*\ssrc=)(?![^>]*"
    r"application/json)|hx-trigger=\"[^\"]*\[|https?://(?!www\.w3\.org)|\beval\(|new Function"
)


def _name(path: Path) -> str:
    return path.name


@pytest.mark.parametrize("path", [*TEMPLATES, *SCRIPTS], ids=_name)
def test_nothing_of_htmx_2_is_left(path: Path) -> None:
    """No attribute, event or call that htmx 4 ignores without a word."""
    assert OLD.search(path.read_text(encoding="utf-8")) is None


@pytest.mark.parametrize("path", [*TEMPLATES, *SCRIPTS], ids=_name)
def test_nothing_needs_a_wider_policy(path: Path) -> None:
    """No inline script, style or handler, and no address outside of the station."""
    assert REFUSED.search(path.read_text(encoding="utf-8")) is None


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_templates_compile(path: Path) -> None:
    """Each, with all that it imports."""
    environment().get_template(str(path.relative_to(WEB / "templates")))


def _texts() -> Iterator[tuple[str, ...]]:
    """Texts of the templates, those with a plural as a pair."""
    options = {"trimmed": "true", "newstyle_gettext": "true"}
    for path in TEMPLATES:
        with path.open("rb") as file:
            for _, _, text, _ in babel_extract(file, ("_", "gettext", "ngettext"), (), options):
                forms = text[:2] if isinstance(text, tuple) else (text,)
                yield tuple(form for form in forms if form)


def _german(catalogue: Catalog, text: tuple[str, ...]) -> tuple[str, ...]:
    message = catalogue.get(text[0])
    if message is None or not message.string:
        return ("",)
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def _placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)", text))


def test_every_text_of_a_template_is_in_german() -> None:
    """With the placeholders of the English text."""
    with GERMAN.open("rb") as file:
        catalogue = read_po(file, locale="de")
    texts = set(_texts())
    pairs = {text: _german(catalogue, text) for text in texts}
    missing = [text for text, german in pairs.items() if not all(german)]
    different = [t for t, g in pairs.items() if _placeholders(str(t)) != _placeholders(str(g))]

    assert len(texts) > 20
    assert (missing, different) == ([], [])
