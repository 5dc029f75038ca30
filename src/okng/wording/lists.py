"""Formats of lists and counts in sentences of the audit, by the name that a placeholder uses."""

from collections.abc import Callable, Sequence
from typing import Any

from okng.wording.checks import check_in_words, checks_in_words, reason_in_words
from okng.wording.languages import Language, chosen_language, translated
from okng.wording.left_out import left_out_in_words
from okng.wording.numbers import count_of, listed, number
from okng.wording.terms import term

_SHOWN = 8  # classes named in one sentence
_FEW = 5  # classes named in quotes
_SOME = 3  # examples of a kind


def about(parts: int) -> str:
    """A number of parts in words; the search for copies makes it an estimate."""
    if parts == 1:
        return translated("about one part")
    return translated("about {parts} parts").format(parts=number(parts, ","))


def _limited(words: Sequence[str], most: int) -> str:
    """Words with commas between, and how many more there are."""
    text = ", ".join(words[:most])
    more = len(words) - most
    return (
        text if more <= 0 else translated("{words} and {more} more").format(words=text, more=more)
    )


def _counts(rows: Sequence[tuple[str, int]]) -> str:
    return _limited([f"{name} {number(photos)}" for name, photos in rows], _SHOWN)


def _photos_of(rows: Sequence[tuple[str, int]]) -> str:
    return ", ".join(f"{name} ({count_of(photos, 'photo')})" for name, photos in rows)


def _parts_of(rows: Sequence[tuple[str, int]]) -> str:
    """3 of scratch: parts of a class."""
    text = translated("{parts} of {name}")
    return ", ".join(text.format(parts=number(parts, ","), name=name) for name, parts in rows)


def _aucs(rows: Sequence[tuple[str, float]]) -> str:
    # A German decimal comma needs another sign between the numbers.
    between = ", " if chosen_language() is Language.EN else "; "
    return between.join(f"{term(name)} {number(auc, '.2f')}" for name, auc in rows)


def _few_parts(rows: Sequence[tuple[str, int, int]]) -> str:
    """12 of scratch show about 3 parts: class, its photos, its parts."""
    text = translated("{photos} of {name} show {parts}")
    return _limited(
        [text.format(photos=number(n, ","), name=name, parts=about(p)) for name, n, p in rows],
        _SHOWN,
    )


def _leaking(rows: Sequence[tuple[int, int, str]]) -> str:
    """Leaking photos, photos and name of splits."""
    text = translated("{leaking} of {photos} photos of the {split} split")
    return listed(
        text.format(leaking=number(leaking, ","), photos=number(photos, ","), split=term(split))
        for leaking, photos, split in rows
    )


def _depths(rows: Sequence[tuple[int, int]]) -> str:
    """Photos, and the bits that they use."""
    text = translated("{photos} of {bits} bits")
    return ", ".join(text.format(photos=number(photos, ","), bits=bits) for photos, bits in rows)


def _split_counts(rows: Sequence[tuple[str, int]]) -> str:
    """Photos by split."""
    return "; ".join(f"{term(split)} {number(photos)}" for split, photos in rows)


def _split_classes(rows: Sequence[tuple[str, int, Sequence[tuple[str, int]]]]) -> str:
    """Photos by split and class."""
    return "; ".join(
        f"{term(split)} {number(photos)} ({', '.join(f'{n} {name}' for name, n in labels)})"
        for split, photos, labels in rows
    )


def _some(names: Sequence[str]) -> str:
    return ", ".join(name or translated("unknown") for name in sorted(set(names))[:_SOME])


def fault_in_words(kind: str, text: str) -> str:
    """Why a file cannot be used, in the chosen language.

    Args:
        kind: of the fault, see `okng.errors.PhotoFault`; "" if not known.
        text: in English, which has more details than the kind.
    """
    code = f"photo-fault {kind}"
    words = text if chosen_language() is Language.EN else term(code)
    return text if words == code else words


LISTS: dict[str, Callable[[Any], str]] = {
    "about": about,
    "photos": lambda value: count_of(value, "photo"),
    "counts": _counts,
    "photos_of": _photos_of,
    "few_parts": _few_parts,
    "leaking": _leaking,
    "depths": _depths,
    "some": _some,
    "quoted": lambda names: _limited([repr(name) for name in names], _FEW),
    "fault": lambda fault: fault_in_words(*fault),
    "left_out": left_out_in_words,
    "split_counts": _split_counts,
    "split_classes": _split_classes,
    "parts_of": _parts_of,
    "aucs": _aucs,
    "check": check_in_words,
    "checks": checks_in_words,
    "reason": reason_in_words,
}
