"""The language of a text: chosen for a block of code, English outside of one."""

import gettext
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from functools import cache
from importlib.resources import files


class Language(StrEnum):
    """A language that there is a catalogue of; English is the source."""

    EN = "en"
    DE = "de"


# Per thread and per task, so that a server may answer in two languages at once.
_CHOSEN: ContextVar[Language] = ContextVar("language", default=Language.EN)


@contextmanager
def language(chosen: Language | str) -> Iterator[None]:
    """Texts rendered inside the block are in this language.

    Raises:
        ValueError: there is no catalogue of it.
    """
    token = _CHOSEN.set(Language(chosen))
    try:
        yield
    finally:
        _CHOSEN.reset(token)


def chosen_language() -> Language:
    """The language of texts rendered here."""
    return _CHOSEN.get()


def translated(text: str) -> str:
    """A text of the program in the chosen language; in English where no translation is known."""
    return _catalogue(_CHOSEN.get()).gettext(text) if text else text


def translated_count(one: str, many: str, number: float) -> str:
    """A text in the plural form that the chosen language has for a number."""
    return _catalogue(_CHOSEN.get()).ngettext(one, many, round(number))


def mark(text: str) -> str:
    """Marks a text for the catalogue where it is defined; it is translated where it is shown."""
    return text


@cache
def _catalogue(chosen: Language) -> gettext.NullTranslations:
    if chosen is Language.EN:
        return gettext.NullTranslations()
    path = files("okng.wording") / "locale" / chosen.value / "LC_MESSAGES" / "okng.mo"
    with path.open("rb") as file:
        return gettext.GNUTranslations(file)
