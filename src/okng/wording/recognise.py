"""English sentences of files -> the template and the values that they were rendered from.

A sealed model file holds why its threshold was chosen as an English sentence, and a rate how its
interval was computed. Both are rendered here from known templates, so they can be read back.
"""

import re
import string
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from okng.wording.plural import Plural
from okng.wording.rendering import phrase, render
from okng.wording.templates import TEMPLATES
from okng.wording.templates.threshold_reason import REASONS, UNMET

_PERCENT = frozenset({"percent", "short"})  # formats of shares in [0, 1]
_LONGEST = 3  # pieces between semicolons that one sentence may have


def in_chosen_language(text: str, templates: Iterable[str]) -> str:
    """A text in the chosen language if it was rendered from one of the templates.

    Args:
        text: in English.
        templates: marked English texts with placeholders.
    """
    for template in templates:
        if (values := values_of(text, template)) is not None:
            return phrase(template, **values)
    return text


def reasons_in_words(text: str) -> str:
    """Why a threshold was chosen, in the chosen language; what is not known stays English.

    Args:
        text: English sentences between semicolons, as a model file holds them.
    """
    pieces, words, known = text.split("; "), [], (*REASONS, *UNMET)
    while pieces:
        taken, sentence = _first(pieces, known)
        words.append(sentence)
        pieces = pieces[taken:]
    return "; ".join(words)


def _first(pieces: list[str], codes: tuple[str, ...]) -> tuple[int, str]:
    """The longest sentence that the pieces begin with: its number of pieces, and its words."""
    for taken in range(min(_LONGEST, len(pieces)), 0, -1):
        text = "; ".join(pieces[:taken])
        if (known_as := _code_of(text, codes)) is not None:
            return taken, render(known_as["code"], known_as["values"])
    return 1, pieces[0]


def _code_of(text: str, codes: tuple[str, ...]) -> dict[str, Any] | None:
    for code in codes:
        template = TEMPLATES[code]
        one = template.one if isinstance(template, Plural) else template
        if (values := values_of(text, one, codes)) is not None:
            return {"code": code, "values": values}
    return None


def values_of(text: str, template: str, codes: tuple[str, ...] = ()) -> Mapping[str, Any] | None:
    """The values of a template that a text was rendered from; None where it was not.

    Args:
        text: in English.
        template: with placeholders.
        codes: of sentences that a placeholder without a format may stand for.
    """
    match = _pattern(template).fullmatch(text)
    if match is None:
        return None
    formats = {name: spec for _, name, spec, _ in string.Formatter().parse(template) if name}
    try:
        return {name: _value(match[name], spec or "", codes) for name, spec in formats.items()}
    except ValueError:
        return None


@cache
def _pattern(template: str) -> re.Pattern[str]:
    parts: list[str] = []
    for literal, name, _, _ in string.Formatter().parse(template):
        parts.append(re.escape(literal))
        if name:
            parts.append(
                f"(?P<{name}>.+?)" if f"(?P<{name}>" not in "".join(parts) else f"(?P={name})"
            )
    return re.compile("".join(parts))


def _value(text: str, spec: str, codes: tuple[str, ...]) -> Any:
    """A value as it was before it was rendered in a format."""
    if spec in _PERCENT:
        return float(text.removesuffix(" %").replace(",", "")) / 100
    if spec:
        return float(text.replace(",", ""))
    return _code_of(text, codes) or text
