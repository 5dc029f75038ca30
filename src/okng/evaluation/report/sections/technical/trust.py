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
    count,
    listed,
    percent,
    plain,
    texts,
    with_span,
)

_NAMES = {"jpeg": "JPEG quality", "shift": "position", "rotation": "rotation", "blur": "focus"}
_UNITS = {
    "factor": "{} times",
    "px": "blurred by {} px",
    "degrees": "{} degrees",
    "grey values": "{} grey values",
    "% of the side": "shifted by {} % of the side",
    "quality": "{}",
}


def calibration(source: Source) -> Iterator[Block]:
    """Whether a score of 0.2 means that one such part in five is defective."""
    metrics = source.metrics
    if section := metrics.get("reliability") or metrics.get("calibration"):
        yield from _of_scores(source, section)
    if named := metrics.get("class_reliability"):
        before = named.get("before")
        without = f" ({_points(before)} without the calibration)" if before else ""
        yield Paragraph(
            "The likeliest class of a photo is right as often as its probability says, but for "
            f"{_points(named)} on average{without}."
        )


def _points(errors: dict[str, Any]) -> str:
    return f"{100 * errors['ece']:.1f} percentage points"


def _of_scores(source: Source, section: dict[str, Any]) -> Iterator[Block]:
    """Scores against the share of defective parts."""
    metrics = source.metrics
    yield Paragraph(
        "A score of 0.2 should mean that one such part in five is defective. "
        f"{' '.join(texts(section))}"
    )
    if defective := metrics.get("defective"):
        share = defective["photos"] / max(1, metrics["photos"])
        yield Paragraph(
            "This holds where as many parts are defective as in these photos "
            f"({percent(share)}). On a line with fewer of them, the same score stands for fewer "
            "defects.",
            soft=True,
        )
    if picture := source.figure("reliability"):
        yield Picture(picture, "Share of defective parts over the defect score", width=0.6)
    if bins := section.get("bins"):
        rows = tuple(
            (f"{row['low']:.1f} to {row['high']:.1f}", f"{row['photos']:,}",
             f"{row['mean_score']:.3f}", with_span(row["defective"]))
            for row in bins
        )  # fmt: skip
        head = ("score", "photos", "mean score", "of these defective (95 % interval)")
        yield Table(head, rows, frozenset({1, 2}), "Scores and truth",
                    widths=(0.18, 0.15, 0.2, 0.47))  # fmt: skip
    if "ece" in section:
        yield Paragraph(_errors(section), soft=True)


def _errors(section: dict[str, Any]) -> str:
    text = (
        f"For specialists: expected calibration error {section['ece']:.3f}, Brier score "
        f"{section['brier']:.3f}; 0 is perfect for both"
    )
    before = section.get("before")
    if not before:
        return f"{text}."
    return f"{text}. Without the calibration: {before['ece']:.3f} and {before['brier']:.3f}."


def robustness(source: Source) -> Iterator[Block]:
    """What changes of light, focus and position do to the verdicts."""
    section = source.metrics.get("robustness")
    if not section:
        return
    yield Paragraph(
        f"{count(section['photos'], 'photo')} were changed, one way at a time, and judged again. "
        f"Verdicts hold where this sample shows, with 95 % confidence, that at most "
        f"{100 * section['limit']:g} % of them turn. Elsewhere the model may not be used without a "
        "new test."
    )
    yield as_block(texts(section))
    kinds = section["kinds"]
    known = any(kind["warned_first"] is not None for kind in kinds)
    head = ("change", "verdicts hold", "tried", "first NG to OK", "first OK to NG",
            *(("warned before verdicts turned",) if known else ()))  # fmt: skip
    rows = tuple(_range(kind, section, known=known) for kind in kinds)
    yield Table(head, rows, caption="Range in which verdicts hold")
    if left_out := section.get("left_out"):
        names = listed(name_of(name) for name in left_out)
        yield Paragraph(
            f"Not tried: {names}. The training turned parts by any angle, as they lie anyhow.",
            soft=True,
        )
    if picture := source.figure("robustness"):
        yield Picture(picture, "Turned verdicts over the strength of each change")


def _range(kind: dict[str, Any], section: dict[str, Any], *, known: bool) -> tuple[Text, ...]:
    tried = _span(kind, kind["usable"]["tested_low"], kind["usable"]["tested_high"])
    warned = {True: "yes", False: "no", None: ""}[kind["warned_first"]]
    first = (_first(kind, "to_ok"), _first(kind, "to_ng"))
    return (named(kind), usable_range(kind, section), tried, *first, *((warned,) if known else ()))


def _first(kind: dict[str, Any], way: str) -> str:
    """The mildest level at which verdicts turned one way, and how many did."""
    turned = [level for level in kind["levels"] if level[way]]
    if not turned:
        return "none"
    level = min(turned, key=lambda row: abs(row["level"] - kind["neutral"]))
    return f"{level[way]} at {_at(kind, level['level'])}"


def usable_range(kind: dict[str, Any], section: dict[str, Any]) -> str:
    """The range of a change in which verdicts are shown to hold, in words."""
    low, high = kind["usable"]["low"], kind["usable"]["high"]
    if low is None or high is None:
        needed = section.get("needed")
        if needed and section["groups"] < needed:
            return (
                f"not known: {count(section['groups'], 'part')} cannot show it; {needed} are needed"
            )
        return "not shown"
    return "only as it is" if low == high else _span(kind, low, high)


def _at(kind: dict[str, Any], level: float) -> str:
    return _UNITS.get(kind["unit"], f"{{}} {kind['unit']}").format(f"{level:g}")


def _span(kind: dict[str, Any], low: float, high: float) -> str:
    return _UNITS.get(kind["unit"], f"{{}} {kind['unit']}").format(f"{low:g} to {high:g}")


def every_change(source: Source) -> Iterator[Section]:
    """Every level of every change, for the annex."""
    section = source.metrics.get("robustness")
    if section:
        yield Section("Every change that was tried", (_levels(section["kinds"]),), level=2)


def _levels(kinds: list[dict[str, Any]]) -> Table:
    rows = tuple(
        (named(kind), _UNITS.get(kind["unit"], "{}").format(f"{level['level']:g}"),
         f"{level['drift']:.3f}", with_span(level["flipped"]), str(level["to_ok"]),
         str(level["to_ng"]))
        for kind in kinds
        for level in kind["levels"]
        if level["level"] != kind["neutral"]
    )  # fmt: skip
    head = ("change", "level", "score drifts by", "verdicts turned", "NG to OK", "OK to NG")
    return Table(head, rows, frozenset({2, 4, 5}), "Scores and verdicts at every level",
                 widths=(0.15, 0.27, 0.13, 0.25, 0.1, 0.1))  # fmt: skip


def named(kind: dict[str, Any]) -> str:
    """A change, in words."""
    return name_of(str(kind["kind"]))


def name_of(name: str) -> str:
    """The key of a change, in words."""
    return _NAMES.get(name, plain(name))
