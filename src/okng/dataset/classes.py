"""Which class is the OK class: recognised by its name, or named by the user."""

import difflib
import re
from collections.abc import Iterable

from okng.errors import DatasetError

OK_NAMES = frozenset({
    "accepted", "clean", "defectfree", "fine", "functional", "good", "healthy", "intact",
    "nodefect", "nondefective", "normal", "ok", "okay", "pass", "passed", "perfect",
})  # fmt: skip
_FAULTS = frozenset(
    {"anomaly", "anomalies", "defect", "defects", "defective", "fail", "failed", "fault", "faults"}
)
_NOT = frozenset({"n", "no", "non", "not", "un", "without"})
_CONTRADICTIONS = _NOT | _FAULTS | {"bad", "faulty", "ng", "nok", "reject", "rejected"}


def find_ok_class(names: Iterable[str], ok: str | None, *, no_ok: bool) -> str | None:
    """Tell which class holds the good parts.

    Args:
        names: the classes.
        ok: its name, when the user gave one.
        no_ok: the user says there is none.

    Returns:
        Its name, or None when there is none.

    Raises:
        DatasetError: it is not among the classes, or cannot be told.
    """
    known = sorted(set(names))
    if no_ok:
        return None
    if ok is not None:
        return _given(ok, known)
    found = [name for name in known if looks_ok(name)]
    if len(found) == 1:
        return found[0]
    how = "both" if len(found) == 2 else "all"
    raise DatasetError(
        "It cannot be told which class holds the good parts"
        + (f": {' and '.join(found)} {how} look like it" if found else ""),
        where=f"classes {', '.join(known)}",
        allowed="one class named ok, good, normal, pass, ok_front or the like",
        hint="Name it with --ok NAME, or say --no-ok if all classes are defect types.",
    )


def looks_ok(name: str) -> bool:
    """Whether a class name says that its parts are good: a good word, nothing that contradicts."""
    words = [word for word in re.split(r"[^a-z]+", name.lower()) if word]
    first, second = (*words, "", "")[:2]
    if (first in _NOT and second in _FAULTS) or (first in _FAULTS and second == "free"):
        return True
    return bool(OK_NAMES.intersection(words)) and not _CONTRADICTIONS.intersection(words)


def order_classes(names: Iterable[str], ok: str | None) -> tuple[str, ...]:
    """The OK class first, then all others in alphabetical order."""
    return tuple(sorted(set(names), key=lambda name: (name != ok, name)))


def _given(ok: str, known: list[str]) -> str:
    if ok in known:
        return ok
    lower = {name.lower(): name for name in known}
    near = [lower[name] for name in difflib.get_close_matches(ok.lower(), lower, n=2)]
    raise DatasetError(
        f"There is no class {ok!r}",
        where="--ok",
        allowed=", ".join(known),
        hint=f"Did you mean {' or '.join(near)}?" if near else "Take one of these.",
    )
