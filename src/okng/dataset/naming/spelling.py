"""One spelling of a label, and names that differ in spelling alone."""

import os
import unicodedata
from collections import defaultdict
from collections.abc import Iterable

_OUTER = " \t\r\n\v\f\u00a0\u200b\u200c\u200d\u2060\ufeff"


def clean_label(name: str) -> str:
    """The label that a name stands for: composed (NFC), without outer and zero-width spaces.

    A folder name in Latin-1, as old Windows shares leave them, is read as such, so that the label
    is text that a model file can hold.
    """
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        name = os.fsencode(name).decode("cp1252", "replace")
    return unicodedata.normalize("NFC", name).strip(_OUTER)


def spelling_key(name: str) -> str:
    """Equal for names that differ in case, width, composition or spaces alone."""
    text = unicodedata.normalize("NFKC", clean_label(name)).casefold()
    return " ".join("".join(c for c in text if unicodedata.category(c) != "Cf").split())


def alike(names: Iterable[str]) -> list[list[str]]:
    """Groups of two or more names that differ in spelling alone."""
    found: dict[str, list[str]] = defaultdict(list)
    for name in sorted(set(names)):
        found[spelling_key(name)].append(name)
    return [group for group in found.values() if len(group) > 1]
