"""The operating point: the threshold that the settings ask for, chosen on validation photos.

Costs weigh rates, not counts: the mix of a folder says nothing of the mix on the line. At equal
costs this is Youden's index (1950). Cost and F1 are those expected of new parts, see
`okng.evaluation.threshold`. Limits of escape or overkill are kept by conformal risk control over
parts, see `okng.evaluation.statistics.conformal`.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import numpy as np

from okng.config import OperatingSettings
from okng.evaluation.results import Message, english, message
from okng.evaluation.results.thresholds import Alternative, ThresholdNote
from okng.evaluation.statistics.conformal import Promise, part_weights, promise
from okng.evaluation.statistics.intervals import Bools, Floats, Groups
from okng.evaluation.threshold import (
    ExpectedRates,
    few_parts,
    lowest,
)
from okng.evaluation.threshold.review_band import choose_band
from okng.evaluation.threshold.threshold_sweep import Sweep, Sweeper
from okng.verdict import OperatingPoint, reaches_threshold

COST_RATIOS = (1, 5, 20, 100)  # one escape against so many false rejects


@dataclass(frozen=True)
class Validation:
    """Validation photos that a threshold is chosen on, sorted once.

    Attributes:
        scores: calibrated defect scores (N,).
        is_defective: truth (N,).
        groups: int (N,), equal for photos of one part.
    """

    scores: Floats
    is_defective: Bools
    groups: Groups
    sweeper: Sweeper = field(init=False)

    def __post_init__(self) -> None:
        # frozen; the scores are sorted once for all questions
        object.__setattr__(self, "sweeper", Sweeper(self.scores, self.is_defective))

    @property
    def missing(self) -> str:
        """Which kind of part is not there, or nothing."""
        if self.is_defective.all():
            return "good"
        return "" if self.is_defective.any() else "defective"

    @cached_property
    def expected(self) -> ExpectedRates:
        """What to expect of new parts; both kinds must be there."""
        return ExpectedRates(self.scores, self.is_defective, self.groups)

    def errors(self, threshold: float) -> tuple[float, float]:
        """Escape rate and overkill rate of these photos; both kinds must be there."""
        called = reaches_threshold(self.scores, threshold)
        return float((~called[self.is_defective]).mean()), float(called[~self.is_defective].mean())


@dataclass(frozen=True)
class Choice:
    """An operating point, in words what it cannot keep, and how little it rests on.

    Attributes:
        point: the operating point.
        unmet: what it cannot keep of what was asked for.
        notes: what the estimate of cost or F1 rests on, where that is little.
    """

    point: OperatingPoint
    unmet: tuple[Message, ...] = ()
    notes: tuple[ThresholdNote, ...] = ()


def choose_operating_point(validation: Validation, settings: OperatingSettings) -> Choice:
    """Choose threshold and review band on validation photos.

    By cost or F1, the best threshold expected of new parts is taken. By limits, the middle of the
    widest gap between scores where several do equally well: it is the farthest from any photo.

    Args:
        validation: photos that neither taught the network nor will be reported.
        settings: what to choose by.
    """
    now = datetime.now(UTC)
    if settings.threshold is not None:
        reason = _joined(message("threshold_given"))
        point = OperatingPoint(
            threshold=settings.threshold, policy="given", reason=reason, chosen=now
        )
    elif validation.missing:
        missing = message(f"threshold_no_{validation.missing}")
        reason = _joined(missing)
        return Choice(
            OperatingPoint(threshold=0.5, policy="default", reason=reason, chosen=now), (missing,)
        )
    else:
        choice = find_threshold(validation, settings)
        point = OperatingPoint(
            threshold=choice.threshold,
            policy=choice.policy,
            reason=_joined(*choice.reasons),
            chosen=now,
        )
        notes = few_parts(validation.expected, point)
        return _with_band(validation, settings, Choice(point, choice.unmet, notes))
    return point_or_band(validation, settings, point)


def point_or_band(
    validation: Validation, settings: OperatingSettings, point: OperatingPoint
) -> Choice:
    """A given threshold, with a band where one is asked for and can be chosen."""
    return Choice(point) if validation.missing else _with_band(validation, settings, Choice(point))


@dataclass(frozen=True)
class ThresholdChoice:
    """A threshold, why it was chosen, and what it cannot keep."""

    threshold: float
    policy: str
    reasons: tuple[Message, ...]
    unmet: tuple[Message, ...] = ()


def find_threshold(
    validation: Validation, settings: OperatingSettings, weights: Floats | None = None
) -> ThresholdChoice:
    """The threshold alone, with weights (N,) of the photos if they are drawn.

    Raises:
        ValueError: a class is missing, or the settings give the threshold.
    """
    # an error of the program, not of a user
    if validation.missing or settings.threshold is not None:
        raise ValueError("there is nothing to choose")
    if settings.max_escape is not None or settings.max_overkill is not None:
        return _within_limits(validation, settings, weights)
    expected = validation.expected.sweep(weights)
    if settings.max_f1:
        threshold = float(expected.thresholds[lowest(-expected.f1)])
        reason = message("threshold_highest_f1", **_seen_at(validation, threshold))
        return ThresholdChoice(threshold, "highest F1", (reason,))
    cost = expected.cost(settings.cost_escape, settings.cost_overkill)
    threshold = float(expected.thresholds[lowest(cost)])
    reason = message(
        "threshold_lowest_cost",
        **_seen_at(validation, threshold),
        cost_escape=settings.cost_escape,
        cost_overkill=settings.cost_overkill,
    )
    return ThresholdChoice(threshold, "lowest cost", (reason,))


def alternatives(validation: Validation) -> tuple[Alternative, ...]:
    """What other costs would choose, on the same validation photos.

    Returns:
        One per cost of an escape in overkills; empty where a class is missing.
    """
    if validation.missing:
        return ()
    table = []
    expected = validation.expected.sweep()
    for ratio in COST_RATIOS:
        threshold = float(expected.thresholds[lowest(expected.cost(ratio, 1))])
        escape, overkill = validation.errors(threshold)
        table.append(
            Alternative(
                cost_ratio=ratio, threshold=threshold, escape_rate=escape, overkill_rate=overkill
            )
        )
    return tuple(table)


def _within_limits(
    validation: Validation, settings: OperatingSettings, weights: Floats | None
) -> ThresholdChoice:
    parts = part_weights(validation.groups, validation.is_defective)
    # parts count once, however many photos they have
    sweep = validation.sweeper.sweep(parts if weights is None else parts * weights)
    escape = promise("escape", sweep.escape_rate, sweep.defective, settings.max_escape)
    overkill = promise("overkill", sweep.overkill_rate, sweep.good, settings.max_overkill)
    both = escape.holds & overkill.holds
    unmet = [*escape.unmet, *overkill.unmet]
    if not both.any():
        unmet.append(_conflict(sweep, escape, overkill))
        both = escape.holds  # both cannot be kept: an escape is the worse of the two
    cost = sweep.cost(settings.cost_escape, settings.cost_overkill)
    if settings.max_overkill is None:
        # one limit alone: what is left free is made as small as it can be
        cost = sweep.overkill_rate
    elif settings.max_escape is None:
        cost = sweep.escape_rate
    # of equal costs the widest gap between scores: the firmest place
    chosen = sweep.widest(both & np.isclose(cost, cost[both].min()))
    reason = _of_limits(escape.limit, overkill.limit, _seen(sweep, chosen))
    threshold = float(sweep.thresholds[chosen])
    return ThresholdChoice(threshold, "limit", (reason, *unmet), tuple(unmet))


def _of_limits(escape: Message | None, overkill: Message | None, seen: dict[str, float]) -> Message:
    if escape is not None and overkill is not None:
        return message("threshold_both_limits", escape=escape, overkill=overkill, **seen)
    return message("threshold_limit", limit=escape or overkill, **seen)


def _conflict(sweep: Sweep, escape: Promise, overkill: Promise) -> Message:
    return message(
        "limits_conflict",
        escape=escape.limit,
        overkill=overkill.limit,
        overkill_rate=float(sweep.overkill_rate[escape.holds].min()),
        escape_rate=float(sweep.escape_rate[overkill.holds].min()),
    )


def _joined(*reasons: Message) -> str:
    """Reasons as the model file holds them: English, with semicolons between."""
    return "; ".join(english(reasons))


def _with_band(validation: Validation, settings: OperatingSettings, choice: Choice) -> Choice:
    band = choose_band(
        validation.sweeper.sweep(part_weights(validation.groups, validation.is_defective)),
        validation.expected,
        choice.point.threshold,
        settings,
    )
    if band is None:
        return choice
    update: dict[str, Any] = {"reason": f"{choice.point.reason}; {_joined(*band.reasons)}"}
    if band.low < band.high:  # nothing to review: no band
        update |= {"review_low": band.low, "review_high": band.high}
    point = choice.point.model_copy(update=update)
    return replace(choice, point=point, unmet=choice.unmet + band.unmet)


def _seen(sweep: Sweep, chosen: int) -> dict[str, float]:
    """How many validation parts are judged wrongly at a threshold of a sweep over parts."""
    rates = float(sweep.escape_rate[chosen]), float(sweep.overkill_rate[chosen])
    parts = sweep.defective + sweep.good
    return {"parts": parts, **_errors(rates, sweep.defective, sweep.good)}


def _seen_at(validation: Validation, threshold: float) -> dict[str, float]:
    """How many validation photos are judged wrongly at a threshold."""
    photos = len(validation.scores)
    defective = float(validation.is_defective.sum())
    rates = validation.errors(threshold)
    return {"photos": photos, **_errors(rates, defective, photos - defective)}


def _errors(rates: tuple[float, float], defective: float, good: float) -> dict[str, float]:
    escapes, overkills = rates[0] * defective, rates[1] * good
    return {"escapes": escapes, "defective": defective, "overkills": overkills, "good": good}
