"""Wording: codes and numbers -> sentences, in English and German. The only place of it.

English is the source: a sentence is looked up by its English text (gettext). Without a translation
it stays English. Standard library only, so that terminal, report and server can share it.
"""

from okng.wording.languages import Language, chosen_language, language, mark, translated
from okng.wording.numbers import (
    between,
    count_of,
    counted,
    listed,
    number,
    percent,
    percent_in_short,
)
from okng.wording.rendering import render, texts
from okng.wording.terms import term

__all__ = [
    "Language",
    "between",
    "chosen_language",
    "count_of",
    "counted",
    "language",
    "listed",
    "mark",
    "number",
    "percent",
    "percent_in_short",
    "render",
    "term",
    "texts",
    "translated",
]
