"""Language and colours of a page, as its reader chose them: two cookies."""

from enum import StrEnum
from typing import NamedTuple

from starlette.requests import Request

from okng.wording import Language

LANGUAGE_COOKIE = "okng_language"
THEME_COOKIE = "okng_theme"


class Theme(StrEnum):
    """Colours: those of the device, light, or dark."""

    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


class Preferences(NamedTuple):
    """What a reader chose."""

    language: Language
    theme: Theme


def preferences_of(request: Request) -> Preferences:
    """The choice in the cookies; else the language that the browser asks for, and its colours."""
    theme = request.cookies.get(THEME_COOKIE, "")
    return Preferences(_language(request), Theme(theme) if theme in set(Theme) else Theme.AUTO)


def _language(request: Request) -> Language:
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    if chosen in set(Language):
        return Language(chosen)
    wanted = (part.split(";")[0].strip()[:2].lower()
              for part in request.headers.get("accept-language", "").split(","))  # fmt: skip
    return next((Language(code) for code in wanted if code in set(Language)), Language.EN)
