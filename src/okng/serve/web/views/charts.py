"""Charts as numbers: chart.js draws them, and a table below says the same in figures."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from okng.records.queries import Histogram, Statistics
from okng.station import drift
from okng.station.drift import Averaged, Counted, ng_chart
from okng.wording import translated

_US = 1_000_000  # microseconds in a second


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chart.

    Attributes:
        label: in the language of the page.
        values: one for each place of the chart; None where there is none.
        colour: name of a variable of the style sheet.
        dashed: for limits and comparisons: they differ without their colour, too.
    """

    label: str
    values: Sequence[float | None]
    colour: str
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart.

    Attributes:
        name: of its element.
        title: in the language of the page.
        meaning: what a reader can conclude from it.
        places: seconds since 1970, UTC, or defect scores.
        lines: drawn over them.
        by_time: whether the places are times.
        percent: whether the values are shares.
        stepped: whether each value holds up to the next place, as in a histogram.
        marks: places of vertical lines, such as the threshold.
        outside: number of points outside of their limits; None without limits.
    """

    name: str
    title: str
    meaning: str
    places: Sequence[float]
    lines: Sequence[Line]
    by_time: bool = True
    percent: bool = True
    stepped: bool = False
    marks: Sequence[float] = ()
    outside: int | None = None


def yield_chart(steps: Sequence[Statistics]) -> Chart:
    """Share of OK in each step."""
    shares = [step.counts.yield_rate for step in steps]
    return Chart(
        "yield",
        translated("Yield"),
        translated("Share of parts with the verdict OK."),
        _times(steps),
        [Line(translated("yield"), shares, "ok-ink")],
    )


def rejects_chart(steps: Sequence[Statistics]) -> Chart:
    """Share of NG in each step, with the limits of `okng.station.drift`."""
    periods = [Counted(_begun(step), step.counts.total, step.counts.ng) for step in steps]
    limits = ng_chart(periods)
    points = {point.begun: point for point in limits.points}
    known = [points.get(period.begun) for period in periods]
    return Chart(
        "rejects",
        translated("NG rate"),
        translated("Outside of the limits, something has changed: parts, camera or light."),
        _times(steps),
        [
            Line(translated("NG rate"), [step.counts.ng_rate for step in steps], "ng-ink"),
            Line(
                translated("lower limit"),
                [p.low if p else None for p in known],
                "soft",
                dashed=True,
            ),
            Line(
                translated("upper limit"),
                [p.high if p else None for p in known],
                "soft",
                dashed=True,
            ),
        ],
        outside=len(limits.outside),
    )


def unfamiliarity_chart(steps: Sequence[Statistics]) -> Chart:
    """Unfamiliarity of each step against the training's photos, as in `okng.station.drift`."""
    periods = [
        Averaged(_begun(step), sum(step.unfamiliarity.counts), step.unfamiliarity.mean or 0.0)
        for step in steps
    ]
    limits = drift.unfamiliarity_chart(periods)
    points = {point.begun: point for point in limits.points}
    known = [points.get(period.begun) for period in periods]
    return Chart(
        "unfamiliarity",
        translated("Unfamiliarity"),
        translated("Above the limit, photos are unlike those of the training: check light, focus "
                   "and position with the master parts."),
        _times(steps),
        [
            Line(translated("of these parts"), [p.value if p else None for p in known], "soft"),
            Line(translated("moving average"), [p.charted if p else None for p in known], "link"),
            _limit(translated("upper limit"), [p.high if p else None for p in known]),
        ],
        percent=False,
        outside=len(limits.outside),
    )  # fmt: skip


def score_chart(now: Histogram, before: Histogram, thresholds: Sequence[float]) -> Chart:
    """Distribution of the defect score, beside that of the period before."""
    bins = len(now.counts)
    return Chart(
        "scores",
        translated("Defect scores"),
        translated("Good parts belong left of the threshold, defective ones right of it. Many "
                   "near it: the verdict hangs on little."),
        [number / bins for number in range(bins)],
        [
            Line(translated("this period"), _shares(now), "link"),
            Line(translated("period before"), _shares(before), "soft", dashed=True),
        ],
        by_time=False,
        stepped=True,
        marks=thresholds,
    )  # fmt: skip


def chart_json(chart: Chart) -> Markup:
    """A chart for chart.js, safe inside of a script element."""
    return htmlsafe_json_dumps(asdict(chart))


def _times(steps: Sequence[Statistics]) -> list[float]:
    return [step.since_us / _US for step in steps]


def _begun(step: Statistics) -> datetime:
    return datetime.fromtimestamp(step.since_us / _US, UTC)


def _limit(label: str, values: Sequence[float | None]) -> Line:
    return Line(label, values, "ng-ink", dashed=True)


def _shares(histogram: Histogram) -> list[float | None]:
    total = sum(histogram.counts)
    return [count / total if total else None for count in histogram.counts]
