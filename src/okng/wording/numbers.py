"""Numbers as a report writes them: no more digits than a test of its size can bear.

German writes a decimal comma and a point between thousands.
"""

import math
from collections.abc import Iterable

from okng.wording.languages import (
    Language,
    chosen_language,
    mark,
    translated,
    translated_count,
)
from okng.wording.plural import Plural

TO = mark(" to ")
"""Between the ends of a range."""
_SWAPPED = str.maketrans(",.", ".,")
_NOUNS = {
    "part": Plural("part", "parts", "value"),
    "photo": Plural("photo", "photos", "value"),
}


def number(value: float, spec: str = "") -> str:
    """A number in Python's format, with the marks of the chosen language."""
    text = format(value, spec)
    return text.translate(_SWAPPED) if chosen_language() is Language.DE else text


def percent(value: float | None) -> str:
    """A share in [0, 1] as a percentage: 23.6 %, 0.66 %, 99.86 %, 0 %; `none` when there is none.

    One decimal is enough between 1 and 99 %; nearer to an end, two digits that are not 0 or 9.
    """
    if value is None:
        return translated("none")
    return f"{_rounded(value, _decimals(value))} %"


def percent_in_short(value: float) -> str:
    """A share in [0, 1] as people require it: 1 %, 0.5 %."""
    return f"{number(100 * value, 'g')} %"


def between(low: float, high: float) -> str:
    """Two shares in [0, 1] as a range of percentages; the wider, the fewer decimals."""
    decimals = _decimals(min(0.5, high - low))
    ends = (_end(share, decimals) for share in (low, high))
    return f"{translated(TO).join(ends)} %"


def count_of(value: int, noun: str) -> str:
    """A number of parts or photos with its noun."""
    known = _NOUNS[noun]
    return counted(value, known.one, known.many)


def counted(value: int, one: str, many: str) -> str:
    """A number with a noun of the catalogue in its plural form."""
    return f"{number(value, ',')} {translated_count(one, many, value)}"


def listed(words: Iterable[str]) -> str:
    """Words in a row: a, b and c."""
    items = list(words)
    if len(items) < 2:
        return "".join(items)
    return translated(" and ").join([", ".join(items[:-1]), items[-1]])


def _end(share: float, decimals: int) -> str:
    value = float(f"{100 * share:.{decimals}f}")
    return _rounded(share, decimals) if value % 100 else number(value, "g")


def _decimals(share: float) -> int:
    end = 100 * min(share, 1 - share)
    return 1 if end >= 1 or end <= 0 else min(4, 1 - math.floor(math.log10(end)))


def _rounded(share: float, decimals: int) -> str:
    return number(100 * share, ".0f" if share in {0.0, 1.0} else f".{decimals}f")
