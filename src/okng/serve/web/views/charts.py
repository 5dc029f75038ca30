"""Charts as numbers: chart.js draws them, and a table below says the same in figures."""

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from okng.modelfile import HeldOut
from okng.records.queries import Histogram, Statistics
from okng.station.clock import utc_of
from okng.station.drift import ChartPoint, ControlChart
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


def rejects_chart(steps: Sequence[Statistics], control: ControlChart) -> Chart:
    """Share of NG in each step, with the limits of `okng.station.drift`."""
    shares = [step.counts.ng_rate for step in steps]
    return Chart(
        "rejects",
        translated("NG rate"),
        translated("Outside of the limits, something has changed: parts, camera or light."),
        _times(steps),
        [
            Line(translated("NG rate"), shares, "ng-ink"),
            *_limits(steps, control, colour="soft"),
        ],
        outside=len(control.outside),
    )


def unfamiliarity_chart(steps: Sequence[Statistics], control: ControlChart) -> Chart:
    """Unfamiliarity of each step against the training's photos, as in `okng.station.drift`."""
    return Chart(
        "unfamiliarity",
        translated("Unfamiliarity"),
        translated("Above the limit, photos are unlike those of the training: check light, focus "
                   "and position with the master parts."),
        _times(steps),
        [*_averages(steps, control, lambda value: value), _limits(steps, control)[1]],
        percent=False,
        outside=len(control.outside),
    )  # fmt: skip


def level_chart(
    steps: Sequence[Statistics], control: ControlChart, *, from_training: bool
) -> Chart:
    """The typical score of OK parts in each step: the score whose log-odds are their mean."""
    meaning = (
        translated("Outside of the limits, OK parts do not score like the good parts of the test.")
        if from_training
        else translated("Outside of the limits, OK parts do not score like those at the begin of "
                        "the period. The model file states no scores of its test.")
    )  # fmt: skip
    return Chart(
        "level",
        translated("Typical score of OK parts"),
        meaning,
        _times(steps),
        [*_averages(steps, control, _score_of), *_limits(steps, control, _score_of)],
        percent=False,
        outside=len(control.outside),
    )


def score_chart(
    now: Histogram, before: Histogram, held_out: HeldOut | None, thresholds: Sequence[float]
) -> Chart:
    """Distribution of the defect score, beside that of the test, or else of the period before."""
    bins = len(now.counts)
    compared = (
        [Line(translated("period before"), _shares(before.counts), "soft", dashed=True)]
        if held_out is None
        else [
            Line(translated("test, good parts"), _shares(held_out.good), "ok-ink", dashed=True),
            Line(translated("test, defective parts"), _shares(held_out.defective), "ng-ink",
                 dashed=True),
        ]
    )  # fmt: skip
    return Chart(
        "scores",
        translated("Defect scores"),
        translated("Good parts belong left of the threshold, defective ones right of it. Many "
                   "near it: the verdict hangs on little."),
        [number / bins for number in range(bins)],
        [Line(translated("this period"), _shares(now.counts), "link"), *compared],
        by_time=False,
        stepped=True,
        marks=thresholds,
    )  # fmt: skip


def chart_json(chart: Chart) -> Markup:
    """A chart for chart.js, safe inside of a script element."""
    return htmlsafe_json_dumps(asdict(chart))


def _times(steps: Sequence[Statistics]) -> list[float]:
    return [step.since_us / _US for step in steps]


def _averages(
    steps: Sequence[Statistics], control: ControlChart, shown: Callable[[float], float]
) -> list[Line]:
    """The value of each step, and the moving average that is compared with the limits."""
    points = _points(steps, control)
    values = [None if point is None else shown(point.value) for point in points]
    averages = [None if point is None else shown(point.charted) for point in points]
    return [
        Line(translated("of these parts"), values, "soft"),
        Line(translated("moving average"), averages, "link"),
    ]


def _limits(
    steps: Sequence[Statistics],
    control: ControlChart,
    shown: Callable[[float], float] = lambda value: value,
    colour: str = "ng-ink",
) -> list[Line]:
    """The lower and the upper limit of each step."""
    points = _points(steps, control)
    low = [None if point is None else shown(point.low) for point in points]
    high = [None if point is None else shown(point.high) for point in points]
    return [
        Line(translated("lower limit"), low, colour, dashed=True),
        Line(translated("upper limit"), high, colour, dashed=True),
    ]


def _points(steps: Sequence[Statistics], control: ControlChart) -> list[ChartPoint | None]:
    """The point of each step; None where it had no part."""
    known = {point.begun: point for point in control.points}
    return [known.get(utc_of(step.since_us)) for step in steps]


def _score_of(log_odds: float) -> float:
    return 1 / (1 + math.exp(-log_odds))


def _shares(counts: Sequence[int]) -> list[float | None]:
    total = sum(counts)
    return [count / total if total else None for count in counts]
