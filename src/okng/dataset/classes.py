"""The OK class: recognised by its name, or named by the user."""

import difflib
from collections.abc import Iterable
from enum import StrEnum

from okng.dataset.naming import Sense, alike, sense, shared_words, spelling_key
from okng.error_codes import Code
from okng.errors import DatasetError


class OkChoice(StrEnum):
    """How the OK class was chosen.

    Attributes:
        GIVEN: by the user, with `--ok` or `--no-ok`.
        NAME: by its name.
        MODEL: by the model file that judges the photos.
    """

    GIVEN = "given"
    NAME = "name"
    MODEL = "model"


_WAY_OUT = "Name it with `data.ok` NAME, or `data.no_ok` if all classes are defect types."


def how_chosen(ok: str | None, *, no_ok: bool) -> OkChoice:
    """How `find_ok_class` chooses the class with these arguments."""
    return OkChoice.NAME if ok is None and not no_ok else OkChoice.GIVEN


def find_ok_class(
    names: Iterable[str], ok: str | None, *, no_ok: bool, hint: str = _WAY_OUT
) -> str | None:
    """The class that holds the good parts.

    Args:
        names: the classes.
        ok: its name, when the user gave one.
        no_ok: the user states that there is none.
        hint: the hint of the error, where the names are ambiguous.

    Returns:
        The name of the OK class, or None if there is none.

    Raises:
        DatasetError: `ok` is not among the classes, or the names are ambiguous.
    """
    known = sorted(set(names))
    if no_ok:
        return None
    if ok is not None:
        return _given(ok, known)
    candidates = _candidates(known)
    if len(candidates) == 1:
        return candidates[0]
    how = "both" if len(candidates) == 2 else "all"
    raise DatasetError(
        "Cannot determine which class contains the good parts"
        + (f": {' and '.join(map(repr, candidates))} {how} match" if candidates else ""),
        where=f"classes {', '.join(map(repr, known))}",
        allowed="one class whose name has only good or neutral words: ok, good_front, Gutteile, "
        "i.O., bon, bueno, 合格, ...",
        hint=hint,
        code=Code.PHOTOS_OK_CLASS,
    )


def is_ok_name(name: str) -> bool:
    """Whether every word of a class name is good or neutral, and one is good."""
    return sense(name) is Sense.GOOD


def is_class_name(name: str) -> bool:
    """Whether a name is one of a class of good or of defective parts: ok, nicht ok, Ausschuss."""
    return sense(name) in {Sense.GOOD, Sense.BAD}


def order_classes(names: Iterable[str], ok: str | None) -> tuple[str, ...]:
    """The OK class first, then all others in alphabetical order."""
    return tuple(sorted(set(names), key=lambda name: (name != ok, name)))


def check_spellings(names: Iterable[str], where: object) -> None:
    """Refuse classes that differ only in case, width or spaces: most likely a typing error.

    Raises:
        DatasetError: with the names.
    """
    if same := alike(names):
        quoted = "; ".join(" and ".join(map(repr, group)) for group in same)
        raise DatasetError(
            f"Classes differ only in spelling: {quoted}",
            where=where,
            hint="If they are one class, use one name; otherwise let the names differ in a letter.",
            code=Code.PHOTOS_LAYOUT,
        )


def _candidates(names: list[str]) -> list[str]:
    """Names that may be that of the OK class."""
    shared = shared_words(names)
    senses = {name: sense(name, shared) for name in names}
    good = [name for name in names if senses[name] is Sense.GOOD]
    # Beside a clear name, a mixed one ("ok - copy") makes the choice ambiguous: an error.
    if good:
        return [name for name in names if senses[name] in {Sense.GOOD, Sense.MIXED}]
    # "fine" or "bra" mean good only where another class is plainly defective.
    if {Sense.BAD, Sense.FAULTY}.intersection(senses.values()):
        return [name for name in names if senses[name] is Sense.PERHAPS]
    return []


def _given(ok: str, known: list[str]) -> str:
    if ok in known:
        return ok
    same = [name for name in known if spelling_key(name) == spelling_key(ok)]
    if len(same) == 1:
        return same[0]
    lower = {name.lower(): name for name in known}
    near = [lower[name] for name in difflib.get_close_matches(ok.lower(), lower, n=2)]
    raise DatasetError(
        f"There is no class {ok!r}",
        where="`data.ok`",
        allowed=", ".join(map(repr, known)),
        hint=f"Did you mean {' or '.join(near)}?" if near else "Take one of these.",
        code=Code.PHOTOS_OK_CLASS,
    )
