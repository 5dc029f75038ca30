"""Names of the audit's checks, and the reasons why one was not made."""

import re
from collections.abc import Iterable

from okng.wording.languages import mark, translated
from okng.wording.numbers import number

_CHECKS = {
    "unreadable": mark("unreadable"),
    "exact_duplicates": mark("exact duplicates"),
    "near_duplicates": mark("near duplicates"),
    "leaks": mark("leaks"),
    "label_conflicts": mark("label conflicts"),
    "suspicious_labels": mark("suspicious labels"),
    "shortcuts": mark("shortcuts"),
    "formats": mark("formats"),
    "exposure": mark("exposure"),
    "drift": mark("drift"),
    "defect_sizes": mark("defect sizes"),
}
_REASONS = (
    mark("needs `pip install 'okng[audit]'`"),
    mark("left out on request"),
    mark("no photo could be measured"),
    mark("no embeddings of these photos"),
    mark("too few parts of a class"),
    mark("no embedding network here"),
    mark("the run folder does not lie beside the model file"),
    mark("the run folder and the cache hold no features of the training photos"),
)
"""Reasons, or how they begin: names of packages may follow."""


_LOST = mark(
    "the run folder and the cache hold no features of {missing} of the {photos} training photos"
)
_NUMBERS = re.compile(r"\d[\d,]*")


def check_in_words(check: str) -> str:
    """The name of a check in the chosen language."""
    return translated(_CHECKS.get(check, check.replace("_", " ")))


def checks_in_words(checks: Iterable[str]) -> str:
    """Names of checks with commas between."""
    return ", ".join(map(check_in_words, checks))


def reason_in_words(reason: str) -> str:
    """Why a check was not made, in the chosen language; as it stands where it is not known."""
    numbers = [int(text.replace(",", "")) for text in _NUMBERS.findall(reason)]
    if len(numbers) == 2:
        missing, photos = (number(value, ",") for value in numbers)
        if reason == _LOST.format(missing=f"{numbers[0]:,}", photos=f"{numbers[1]:,}"):
            return translated(_LOST).format(missing=missing, photos=photos)
    known = next((each for each in _REASONS if reason.startswith(each)), "")
    return f"{translated(known)}{reason[len(known) :]}" if known else translated(reason)
