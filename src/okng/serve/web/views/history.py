"""Entries on record as sentences."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from okng.records import Entry, Kind
from okng.serve.web.formats import E9, person, score, short
from okng.serve.web.views.drift import recorded_sentence
from okng.serve.web.views.verdicts import meaning
from okng.wording import mark, term, translated

_Content = Mapping[str, Any]
_TRUTHS = {"OK": mark("good part"), "NG": mark("defective part")}
_BYPASS = {
    "begun": mark("switched the inspection off"),
    "ended": mark("switched the inspection on"),
}
_ACTIONS = {
    "user-added": mark("user added"),
    "user-changed": mark("user changed"),
    "user-locked": mark("user locked after failed logins"),
    "user-unlocked": mark("user unlocked"),
    "user-disabled": mark("user disabled"),
    "user-enabled": mark("user enabled"),
    "password-changed": mark("own password replaced"),
    "password-reset": mark("password of a user replaced"),
    "login": mark("logged in"),
    "logout": mark("logged out"),
    "key-added": mark("key made"),
    "key-rotated": mark("key replaced"),
    "key-revoked": mark("key revoked"),
    "drift-learned-anew": mark("drift alarm learns anew"),
}
_ALARMS = {"begun": mark("alarm: {meaning}"), "over": mark("alarm over: {meaning}")}
_PASSED = {True: mark("station check passed"), False: mark("station check failed")}


class Line(NamedTuple):
    """One entry as the pages show it.

    Attributes:
        time_us: when it happened, in microseconds since 1970, UTC.
        offset_min: of the station's clock.
        station: name of the station.
        kind: what it is about.
        by: who did it.
        subject: what it is about.
        text: what happened, in the language of the page.
        note: what the person added.
    """

    time_us: int
    offset_min: int
    station: str
    kind: Kind
    by: str
    subject: str
    text: str
    note: str


def lines(entries: Iterable[Entry]) -> list[Line]:
    """Entries as sentences, in the order in which they are given."""
    return [_line(entry) for entry in entries]


def _line(entry: Entry) -> Line:
    content = json.loads(entry.payload)
    note = str(content.get("note") or content.get("reason") or "")
    return Line(
        entry.time_us, entry.offset_min, entry.station, entry.kind, person(entry.by),
        entry.subject, _TEXTS[entry.kind](content), note,
    )  # fmt: skip


def _review(content: _Content) -> str:
    truth, label = content.get("truth"), content.get("label")
    if truth is None:
        return translated("took the review back")
    text = translated(_TRUTHS[truth])
    return f"{text}: {label}" if label else text


def _signature(content: _Content) -> str:
    return translated("signed as {name}: {meaning}").format(
        name=content["name"], meaning=term(f"meaning {content['meaning']}")
    )


def _model(content: _Content) -> str:
    texts = {
        "live": mark("another live model: {after}"),
        "shadow": mark("another shadow model: {after}"),
    }
    text = texts[str(content["role"])]
    return translated(text).format(after=short(content["after"]))


def _promotion(content: _Content) -> str:
    texts = {
        "promoted": mark("promoted through the gate: {after}"),
        "rolled-back": mark("rolled back to {after}"),
    }
    text = texts[str(content["action"])]
    return translated(text).format(after=short(content["after"]))


def _threshold(content: _Content) -> str:
    before, after = (_number(content[name]) for name in ("before", "after"))
    return translated("threshold from {before} to {after}").format(before=before, after=after)


def _number(point: str) -> str:
    return score(round(float(json.loads(point)["threshold"]) * E9))


def _settings(content: _Content) -> str:
    return translated("other settings: {names}").format(names=", ".join(content["after"]))


def _bypass(content: _Content) -> str:
    text = _BYPASS[str(content["action"])]
    return translated(text)


def _part(content: _Content) -> str:
    texts = {
        "added": mark("added a master part"),
        "replaced": mark("replaced a master part"),
        "retired": mark("retired a master part"),
    }
    text = texts[str(content["action"])]
    return translated(text)


def _check(content: _Content) -> str:
    text = _PASSED[bool(content["passed"])]
    return translated(text)


def _audit(content: _Content) -> str:
    details = ", ".join(
        f"{name}: {value}" for name, value in (content.get("details") or {}).items()
    )
    known = _ACTIONS.get(str(content["action"]), str(content["action"]))
    action = translated(known)
    return f"{action} ({details})" if details else action


def _alarm(content: _Content) -> str:
    code = str(content["code"])
    known = recorded_sentence(code, content.get("values") or {})
    return translated(_ALARMS[str(content["state"])]).format(
        meaning=known or translated(meaning(code))
    )


def _deletion(content: _Content) -> str:
    return translated("{rows} rows deleted by the rule {rule}").format(
        rows=content["rows"], rule=content["rule"]
    )


_TEXTS: Mapping[Kind, Callable[[_Content], str]] = {
    Kind.REVIEW: _review,
    Kind.SIGNATURE: _signature,
    Kind.MODEL_CHANGE: _model,
    Kind.PROMOTION: _promotion,
    Kind.THRESHOLD_CHANGE: _threshold,
    Kind.SETTINGS_CHANGE: _settings,
    Kind.BYPASS: _bypass,
    Kind.MASTER_PART: _part,
    Kind.MASTER_CHECK: _check,
    Kind.AUDIT: _audit,
    Kind.DELETION: _deletion,
    Kind.ALARM: _alarm,
}
