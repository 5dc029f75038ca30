"""Wording: codes and numbers -> sentences, in English and German. The only place of it.

English is the source: a sentence is looked up by its English text (gettext). Without a translation
it stays English. Standard library only, so that terminal, report and server can share it.
"""

from okng.wording.advised import Advised, advised, finding_in_words
from okng.wording.alarms import alarm_in_words
from okng.wording.checks import check_in_words, checks_in_words, reason_in_words
from okng.wording.languages import Language, chosen_language, language, mark, translated
from okng.wording.left_out import LeftOutRow, left_out_in_words
from okng.wording.lists import about, fault_in_words
from okng.wording.methods import method_in_words
from okng.wording.numbers import (
    between,
    count_of,
    counted,
    listed,
    number,
    percent,
    percent_in_short,
)
from okng.wording.recognise import reasons_in_words
from okng.wording.rendering import phrase, render, texts
from okng.wording.sentence import Sentence, sentence
from okng.wording.terms import term

__all__ = [
    "Advised",
    "Language",
    "LeftOutRow",
    "Sentence",
    "about",
    "advised",
    "alarm_in_words",
    "between",
    "check_in_words",
    "checks_in_words",
    "chosen_language",
    "count_of",
    "counted",
    "fault_in_words",
    "finding_in_words",
    "language",
    "left_out_in_words",
    "listed",
    "mark",
    "method_in_words",
    "number",
    "percent",
    "percent_in_short",
    "phrase",
    "reason_in_words",
    "reasons_in_words",
    "render",
    "sentence",
    "term",
    "texts",
    "translated",
]
