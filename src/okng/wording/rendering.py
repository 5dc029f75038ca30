"""A code with its values -> one sentence in the chosen language."""

import string
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from okng.wording.checks import reason_in_words
from okng.wording.languages import translated, translated_count
from okng.wording.lists import LISTS
from okng.wording.numbers import TO, between, count_of, listed, number, percent, percent_in_short
from okng.wording.plural import Plural
from okng.wording.templates import TEMPLATES
from okng.wording.terms import term

Values = Mapping[str, Any]
"""Numbers, text and lists by name; a value may be a sentence of its own: {"code", "values"}."""


def render(code: str, values: Values) -> str:
    """The sentence of a code.

    Args:
        code: a key of `okng.wording.templates.TEMPLATES`.
        values: what its placeholders need.

    Raises:
        KeyError: the code, or a placeholder of its sentence, is not known.
    """
    template = TEMPLATES[code]
    if isinstance(template, Plural):
        text = translated_count(template.one, template.many, float(values[template.by]))
    else:
        text = translated(template)
    return _Formatter().vformat(text, (), values)


def phrase(text: str, **values: object) -> str:
    """A text of the program in the chosen language; its placeholders have formats as sentences do.

    Args:
        text: in English, as it stands in the catalogue.
        **values: what its placeholders need.
    """
    return _Formatter().vformat(translated(text), (), values)


def texts(section: Mapping[str, Any], key: str = "sentences", codes: str = "messages") -> list[str]:
    """Conclusions of a part of a file of results in the chosen language.

    Args:
        section: the part.
        key: of the English sentences.
        codes: key of the same as codes; older files lack it, later ones may have unknown codes.
    """
    english = [str(sentence) for sentence in section.get(key) or []]
    messages = section.get(codes)
    if messages is None:
        return english
    try:
        return [render(each["code"], each["values"]) for each in messages]
    except KeyError:
        return english


class _Formatter(string.Formatter):
    """Formats of Python, with marks of the language, and those of `_FORMATS` by name."""

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, Mapping):
            text = render(value["code"], value["values"])
            return f"{text[:1].upper()}{text[1:]}" if format_spec == "first" else text
        if format_spec in _FORMATS:
            return _FORMATS[format_spec](value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return number(value, format_spec)
        return ", ".join(value) if isinstance(value, list | tuple) else str(value)


def _terms(codes: Sequence[str]) -> str:
    return ", ".join(map(term, codes))


def _test_sizes(rows: Sequence[tuple[int, float]]) -> str:
    """299 for 1 %, 598 for 0.5 %: parts that prove a rate."""
    return ", ".join(
        translated("{parts} for {rate}").format(
            parts=number(parts, ","), rate=percent_in_short(rate)
        )
        for parts, rate in rows
    )


def _levels(rows: Sequence[tuple[str, float, str]]) -> str:
    """Brightness 0.7 (factor); ...: kind, level and unit of changes."""
    return "; ".join(f"{term(k)} {number(level, 'g')} ({term(unit)})" for k, level, unit in rows)


def _ranges(rows: Sequence[tuple[str, float, float, str]]) -> str:
    """Brightness 0.85 to 1.5 (factor); ...: kind, ends and unit of the range of a change."""
    return "; ".join(f"{term(kind)} {_range(low, high, unit)}" for kind, low, high, unit in rows)


def _bin(ends: Sequence[float]) -> str:
    return f"{number(ends[0], '.1f')}{translated(TO)}{number(ends[1], '.1f')}"


def _share(share: float | None) -> str:
    return translated("none") if share is None else f"{number(100 * share, '.1f')} %"


def _range(low: float, high: float, unit: str) -> str:
    if low >= high:
        return translated("as it is")
    return f"{number(low, 'g')}{translated(TO)}{number(high, 'g')} ({term(unit)})"


_FORMATS: dict[str, Callable[[Any], str]] = {
    **LISTS,
    "percent": percent,
    "short": percent_in_short,
    "whole": lambda share: number(100 * share, ".0f"),
    "points": lambda share: number(100 * share, ".1f"),
    "term": term,
    "text": reason_in_words,
    "terms": _terms,
    "and": listed,
    "parts": lambda value: count_of(value, "part"),
    "sizes": _test_sizes,
    "levels": _levels,
    "between": lambda ends: between(*ends),
    "bins": lambda rows: ", ".join(map(_bin, rows)),
    "share": _share,
    "ranges": _ranges,
}
