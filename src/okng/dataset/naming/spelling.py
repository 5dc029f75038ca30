"""The normal form of a label, and names that differ only in spelling."""

import os
import unicodedata
from collections import defaultdict
from collections.abc import Iterable

# Spaces, and characters without width that copying from web pages and editors leaves.
_OUTER = " \t\r\n\v\f\u00a0\u200b\u200c\u200d\u2060\ufeff"


def clean_label(name: str) -> str:
    """The label of a folder name: composed (NFC), without outer and zero-width spaces.

    A name that is not UTF-8, as on old Windows shares, is decoded as cp1252, so that the label is
    text that a model file can store.
    """
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        name = os.fsencode(name).decode("cp1252", "replace")
    return unicodedata.normalize("NFC", name).strip(_OUTER)


def spelling_key(name: str) -> str:
    """A key that is equal for names that differ only in case, width, composition or spaces."""
    text = unicodedata.normalize("NFKC", clean_label(name)).casefold()
    return " ".join("".join(c for c in text if unicodedata.category(c) != "Cf").split())


def alike(names: Iterable[str]) -> list[list[str]]:
    """Groups of two or more names that differ only in spelling."""
    by_key: dict[str, list[str]] = defaultdict(list)
    for name in sorted(set(names)):
        by_key[spelling_key(name)].append(name)
    return [group for group in by_key.values() if len(group) > 1]
