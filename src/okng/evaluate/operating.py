"""The operating point: the threshold that the settings ask for, chosen on validation photos.

Costs weigh rates, not counts: the mix of a folder says nothing of the mix on the line. At equal
costs this is Youden's index (1950). Limits of escape or overkill are kept by conformal risk
control over parts; see `okng.evaluate.risk`.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np

from okng.config import OperatingSettings
from okng.evaluate.intervals import Bools, Floats, Groups
from okng.evaluate.numbers import percent
from okng.evaluate.review import choose_band
from okng.evaluate.risk import Promise, part_weights, promise
from okng.evaluate.sweep import Sweep, Sweeper
from okng.verdict import OperatingPoint

COST_RATIOS = (1, 5, 20, 100)
_MISSING = "validation has no {} part, so 0.5 stands; it was not chosen"


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
        object.__setattr__(self, "sweeper", Sweeper(self.scores, self.is_defective))

    @property
    def missing(self) -> str:
        """Which kind of part is not there, or nothing."""
        if self.is_defective.all():
            return "good"
        return "" if self.is_defective.any() else "defective"


@dataclass(frozen=True)
class Choice:
    """An operating point, and in words what it cannot keep of what was asked for."""

    point: OperatingPoint
    unmet: tuple[str, ...] = ()


def choose_operating_point(validation: Validation, settings: OperatingSettings) -> Choice:
    """Choose threshold and review band on validation photos.

    Where several thresholds do equally well, the middle of the widest gap between scores is
    taken: it is the farthest from any photo that was seen.

    Args:
        validation: photos that neither taught the network nor will be reported.
        settings: what to choose by.
    """
    now = datetime.now(UTC)
    if settings.threshold is not None:
        point = OperatingPoint(
            threshold=settings.threshold, policy="given", reason="given by the user", chosen=now
        )
    elif validation.missing:
        reason = _MISSING.format(validation.missing)
        return Choice(
            OperatingPoint(threshold=0.5, policy="default", reason=reason, chosen=now), (reason,)
        )
    else:
        found = find_threshold(validation, settings)
        point = OperatingPoint(
            threshold=found.threshold, policy=found.policy, reason=found.reason, chosen=now
        )
        return _with_band(validation, settings, Choice(point, found.unmet))
    return point_or_band(validation, settings, point)


def point_or_band(
    validation: Validation, settings: OperatingSettings, point: OperatingPoint
) -> Choice:
    """A given threshold, with a band where one is asked for and can be chosen."""
    return Choice(point) if validation.missing else _with_band(validation, settings, Choice(point))


@dataclass(frozen=True)
class Found:
    """A threshold, how it was found, and what it cannot keep."""

    threshold: float
    policy: str
    reason: str
    unmet: tuple[str, ...] = ()


def find_threshold(
    validation: Validation, settings: OperatingSettings, weights: Floats | None = None
) -> Found:
    """The threshold alone, with weights (N,) of the photos if they are drawn.

    Raises:
        ValueError: a class is missing, or the settings give the threshold.
    """
    if validation.missing or settings.threshold is not None:
        raise ValueError("there is nothing to choose")
    if settings.max_escape is not None or settings.max_overkill is not None:
        return _within_limits(validation, settings, weights)
    sweep = validation.sweeper.sweep(weights)
    if settings.max_f1:
        best = sweep.f1
        chosen = sweep.widest(np.isclose(best, best.max()))
        return Found(float(sweep.thresholds[chosen]), "highest F1",
                     f"highest F1 on {_seen(sweep, chosen)}")  # fmt: skip
    cost = sweep.cost(settings.cost_escape, settings.cost_overkill)
    chosen = sweep.widest(np.isclose(cost, cost.min()))
    reason = (
        f"lowest cost on {_seen(sweep, chosen)}; the escape rate weighs {settings.cost_escape:g}, "
        f"the overkill rate {settings.cost_overkill:g}"
    )
    return Found(float(sweep.thresholds[chosen]), "lowest cost", reason)


def alternatives(validation: Validation) -> list[dict[str, Any]]:
    """What other costs would choose, on the same validation photos.

    Returns:
        Per cost of an escape in overkills: threshold, escape rate and overkill rate in [0, 1].
        Empty where a class is missing.
    """
    if validation.missing:
        return []
    table = []
    sweep = validation.sweeper.sweep()
    for ratio in COST_RATIOS:
        cost = sweep.cost(ratio, 1)
        chosen = sweep.widest(np.isclose(cost, cost.min()))
        table.append(
            {
                "cost_ratio": ratio,
                "threshold": float(sweep.thresholds[chosen]),
                "escape_rate": float(sweep.escape_rate[chosen]),
                "overkill_rate": float(sweep.overkill_rate[chosen]),
            }
        )
    return table


def _within_limits(
    validation: Validation, settings: OperatingSettings, weights: Floats | None
) -> Found:
    parts = part_weights(validation.groups, validation.is_defective)
    sweep = validation.sweeper.sweep(parts if weights is None else parts * weights)
    escape = promise("escape", sweep.escape_rate, sweep.defective, settings.max_escape)
    overkill = promise("overkill", sweep.overkill_rate, sweep.good, settings.max_overkill)
    both = escape.kept & overkill.kept
    unmet = [*escape.unmet, *overkill.unmet]
    if not both.any():
        unmet.append(_conflict(sweep, escape, overkill))
        both = escape.kept
    cost = sweep.cost(settings.cost_escape, settings.cost_overkill)
    if settings.max_overkill is None:
        cost = sweep.overkill_rate
    elif settings.max_escape is None:
        cost = sweep.escape_rate
    chosen = sweep.widest(both & np.isclose(cost, cost[both].min()))
    limits = " and ".join(p.words for p in (escape, overkill) if p.words)
    reason = f"{limits}, on {_seen(sweep, chosen, 'parts')}"
    if unmet:
        reason += "; " + "; ".join(unmet)
    return Found(float(sweep.thresholds[chosen]), "limit", reason, tuple(unmet))


def _conflict(sweep: Sweep, escape: Promise, overkill: Promise) -> str:
    least_overkill = float(sweep.overkill_rate[escape.kept].min())
    least_escape = float(sweep.escape_rate[overkill.kept].min())
    return (
        f"both limits cannot be kept at once: with {escape.words}, "
        f"{percent(least_overkill)} of good parts are rejected; with {overkill.words}, "
        f"{percent(least_escape)} of defective parts escape; the limit of escapes was kept"
    )


def _with_band(validation: Validation, settings: OperatingSettings, choice: Choice) -> Choice:
    band = choose_band(
        validation.sweeper,
        part_weights(validation.groups, validation.is_defective),
        choice.point.threshold,
        settings,
    )
    if band is None:
        return choice
    update: dict[str, Any] = {"reason": f"{choice.point.reason}; review band: {band.reason}"}
    if band.low < band.high:
        update |= {"review_low": band.low, "review_high": band.high}
    return Choice(choice.point.model_copy(update=update), choice.unmet + band.unmet)


def _seen(sweep: Sweep, chosen: int, what: str = "photos") -> str:
    escapes = sweep.escape_rate[chosen] * sweep.defective
    overkills = sweep.overkill_rate[chosen] * sweep.good
    return (
        f"{sweep.defective + sweep.good:.0f} validation {what}: {escapes:.3g} of "
        f"{sweep.defective:.0f} defective ones escape, {overkills:.3g} of {sweep.good:.0f} good "
        "ones are rejected"
    )
