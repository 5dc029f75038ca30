"""How far a score and a verdict can be trusted: calibration, and robustness to other photos."""

from collections.abc import Iterator
from typing import Any

from okng.evaluation.report.blocks import (
    Block,
    Paragraph,
    Picture,
    Section,
    Table,
    Text,
    as_block,
)
from okng.evaluation.report.inputs import Source
from okng.evaluation.report.wording import (
    listed,
    range_of,
    texts,
    with_span,
)
from okng.wording import mark, number, phrase, term, translated

_NAMES = {
    "jpeg": mark("JPEG quality"),
    "shift": mark("position"),
    "rotation": mark("rotation"),
    "blur": mark("focus"),
}
_UNITS = {
    "factor": mark("{level} times"),
    "px": mark("blurred by {level} px"),
    "degrees": mark("{level} degrees"),
    "grey values": mark("{level} grey values"),
    "% of the side": mark("shifted by {level} % of the side"),
    "quality": "{level}",
}


def calibration(source: Source) -> Iterator[Block]:
    """Whether a score of 0.2 means that one such part in five is defective."""
    metrics = source.metrics
    if section := metrics.get("reliability") or metrics.get("calibration"):
        yield from _of_scores(source, section)
    if named := metrics.get("class_reliability"):
        text = mark(
            "The likeliest class of a photo is right as often as its probability says, but for "
            "{ece:points} percentage points on average."
        )
        if named.get("before"):
            text = mark(
                "The likeliest class of a photo is right as often as its probability says, but for "
                "{ece:points} percentage points on average ({before:points} percentage points "
                "without the calibration)."
            )
        before = (named.get("before") or named)["ece"]
        yield Paragraph(phrase(text, ece=named["ece"], before=before))


def _of_scores(source: Source, section: dict[str, Any]) -> Iterator[Block]:
    """Scores against the share of defective parts."""
    metrics = source.metrics
    meaning = translated("A score of 0.2 should mean that one such part in five is defective.")
    yield Paragraph(f"{meaning} {' '.join(texts(section))}")
    if defective := metrics.get("defective"):
        share = defective["photos"] / max(1, metrics["photos"])
        yield Paragraph(
            phrase(
                "This holds where as many parts are defective as in these photos "
                "({share:percent}). On a line with fewer of them, the same score stands for fewer "
                "defects.",
                share=share,
            ),
            soft=True,
        )
    if picture := source.figure("reliability"):
        yield Picture(picture, mark("Share of defective parts over the defect score"), width=0.6)
    if bins := section.get("bins"):
        rows = tuple(
            (range_of(row["low"], row["high"], ".1f"), number(row["photos"], ","),
             number(row["mean_score"], ".3f"), with_span(row["defective"]))
            for row in bins
        )  # fmt: skip
        head = ("score", "photos", mark("mean score"), mark("of these defective (95 % interval)"))
        yield Table(head, rows, frozenset({1, 2}), mark("Scores and truth"),
                    widths=(0.18, 0.15, 0.2, 0.47))  # fmt: skip
    if "ece" in section:
        yield Paragraph(_errors(section), soft=True)


def _errors(section: dict[str, Any]) -> str:
    text = mark(
        "For specialists: expected calibration error {ece:.3f}, Brier score {brier:.3f}; 0 is "
        "perfect for both."
    )
    errors = phrase(text, ece=section["ece"], brier=section["brier"])
    before = section.get("before")
    if not before:
        return errors
    text = mark("Without the calibration: {ece:.3f} and {brier:.3f}.")
    return f"{errors} {phrase(text, ece=before['ece'], brier=before['brier'])}"


def robustness(source: Source) -> Iterator[Block]:
    """What changes of light, focus and position do to the verdicts."""
    section = source.metrics.get("robustness")
    if not section:
        return
    text = mark(
        "{photos:photos} were changed, one way at a time, and judged again. Verdicts hold where "
        "this sample shows, with 95 % confidence, that at most {limit:short} of them turn. "
        "Elsewhere the model may not be used without a new test."
    )
    yield Paragraph(phrase(text, photos=section["photos"], limit=section["limit"]))
    yield as_block(texts(section))
    kinds = section["kinds"]
    known = any(kind["warned_first"] is not None for kind in kinds)
    head = ("change", mark("verdicts hold"), mark("tried"), mark("first NG to OK"),
            mark("first OK to NG"),
            *((mark("warned before verdicts turned"),) if known else ()))  # fmt: skip
    rows = tuple(_range(kind, section, known=known) for kind in kinds)
    yield Table(head, rows, caption=mark("Range in which verdicts hold"))
    if left_out := section.get("left_out"):
        names = listed(name_of(name) for name in left_out)
        yield Paragraph(
            phrase(
                "Not tried: {names}. The training turned parts by any angle, as they lie anyhow.",
                names=names,
            ),
            soft=True,
        )
    if picture := source.figure("robustness"):
        yield Picture(picture, mark("Turned verdicts over the strength of each change"))


def _range(kind: dict[str, Any], section: dict[str, Any], *, known: bool) -> tuple[Text, ...]:
    tried = _span(kind, kind["usable"]["tested_low"], kind["usable"]["tested_high"])
    first_warned: bool | None = kind["warned_first"]
    warned = translated(_WARNED[first_warned])
    first = (_first(kind, "to_ok"), _first(kind, "to_ng"))
    return (named(kind), usable_range(kind, section), tried, *first, *((warned,) if known else ()))


_WARNED = {True: mark("yes"), False: mark("no"), None: ""}


def _first(kind: dict[str, Any], way: str) -> str:
    """The mildest level at which verdicts turned one way, and how many did."""
    turned = [level for level in kind["levels"] if level[way]]
    if not turned:
        return translated("none")
    level = min(turned, key=lambda row: abs(row["level"] - kind["neutral"]))
    return phrase("{verdicts} at {level}", verdicts=level[way], level=_at(kind, level["level"]))


def usable_range(kind: dict[str, Any], section: dict[str, Any]) -> str:
    """The range of a change in which verdicts are shown to hold, in words."""
    low, high = kind["usable"]["low"], kind["usable"]["high"]
    if low is None or high is None:
        needed = section.get("needed")
        if needed and section["groups"] < needed:
            text = mark("not known: {parts:parts} cannot show it; {needed} are needed")
            return phrase(text, parts=section["groups"], needed=needed)
        return translated("not shown")
    return translated("only as it is") if low == high else _span(kind, low, high)


def _at(kind: dict[str, Any], level: float) -> str:
    return _with_unit(kind, number(level, "g"))


def _span(kind: dict[str, Any], low: float, high: float) -> str:
    return _with_unit(kind, range_of(low, high, "g"))


def _with_unit(kind: dict[str, Any], level: str) -> str:
    return phrase(_UNITS.get(kind["unit"], "{level}"), level=level)


def every_change(source: Source) -> Iterator[Section]:
    """Every level of every change, for the annex."""
    section = source.metrics.get("robustness")
    if section:
        yield Section("Every change that was tried", (_levels(section["kinds"]),), level=2)


def _levels(kinds: list[dict[str, Any]]) -> Table:
    rows = tuple(
        (named(kind), _at(kind, level["level"]), number(level["drift"], ".3f"),
         with_span(level["flipped"]), str(level["to_ok"]), str(level["to_ng"]))
        for kind in kinds
        for level in kind["levels"]
        if level["level"] != kind["neutral"]
    )  # fmt: skip
    head = ("change", "level", mark("score drifts by"), mark("verdicts turned"), mark("NG to OK"),
            mark("OK to NG"))  # fmt: skip
    return Table(head, rows, frozenset({2, 4, 5}), mark("Scores and verdicts at every level"),
                 widths=(0.15, 0.27, 0.13, 0.25, 0.1, 0.1))  # fmt: skip


def named(kind: dict[str, Any]) -> str:
    """A change, in words."""
    return name_of(str(kind["kind"]))


def name_of(name: str) -> str:
    """The key of a change, in words."""
    return translated(_NAMES[name]) if name in _NAMES else term(name)
