"""The drift alarm of one product and model: parts in, changes out. No threads, no files."""

import base64
import math
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
from pydantic import BaseModel, Field, PrivateAttr

from okng.inference import Inspection
from okng.modelfile import HeldOut, Moments
from okng.station.camera.conditions import SIDE, Floats, PhotoConditions
from okng.station.drift_alarm.cusum import Change, Limits, RateLimits, Sum
from okng.station.drift_alarm.measures import SOUGHT, Measure, Measured, Reference, measured

PLACED = 50
"""Parts whose mean photo is the reference for the place of a part."""
_FEWEST_SHARE = 0.5
"""Of the first parts that need a value of a measure, or it is not watched: parts that lie turned
differently have no place."""
_GREYS = 65_535


class Finding(NamedTuple):
    """A change of one measure.

    Attributes:
        measure: that changed.
        reference: with which the parts were compared.
        rises: whether its values are larger than before; else smaller.
        change: since when, and by how much.
    """

    measure: Measure
    reference: Reference
    rises: bool
    change: Change


class Watched(BaseModel):
    """One measure against one reference: its limits and its two sums."""

    measure: Measure
    reference: Reference
    limits: Limits | RateLimits
    up: Sum = Field(default_factory=Sum)
    down: Sum = Field(default_factory=Sum)

    def take(self, value: float, time_us: int, limit: float) -> Iterator[Finding]:
        """Add a part; the changes that begin or end with it."""
        steps = self.limits.steps(value)
        for rises, state, step in ((True, self.up, steps[0]), (False, self.down, steps[1])):
            turned = state.add(step, value, time_us, limit)
            if turned is not None:
                difference = state.total / state.parts - self.limits.centre
                change = Change(not turned, state.since_us, difference)
                yield Finding(self.measure, self.reference, rises, change)


class Monitor(BaseModel):
    """Learns what is in control from the first parts, then watches for changes.

    Attributes:
        wanted: parts that are learned from.
        between: parts between two false alarms, on average, over all measures together.
        seen: parts so far.
        place: mean photo of the first parts, as base64 of uint16 (128, 128); empty at first.
        first: values of the first parts, by measure; emptied once limits are known.
        rejected: of the first parts.
        watched: measures that are watched.
    """

    wanted: int
    between: float
    seen: int = 0
    place: str = ""
    first: dict[Measure, list[float]] = Field(default_factory=dict)
    rejected: int = 0
    watched: list[Watched] = Field(default_factory=list)
    _decoded: Floats | None = PrivateAttr(None)  # of `place`, once it is whole

    @classmethod
    def new(cls, wanted: int, between: float, held_out: HeldOut | None) -> "Monitor":
        """At its first part; score and unfamiliarity are compared with training at once."""
        monitor = cls(wanted=wanted, between=between)
        if held_out is not None:
            monitor._expect(Measure.SCORE, held_out.passed_log_odds)
            monitor._expect(Measure.UNFAMILIARITY, held_out.good_unfamiliarity)
        return monitor

    @property
    def learns(self) -> bool:
        """Whether the first parts are not all there yet."""
        return self.seen < self.wanted

    @property
    def limit(self) -> float:
        """Of each sum: ln(N) where all sums share the false alarms."""
        # two sums of each measure, and of two measures against training as well
        return math.log(self.between * 2 * (len(Measure) + 2))

    def take(
        self, inspection: Inspection, conditions: PhotoConditions, time_us: int
    ) -> list[Finding]:
        """Measure a part, and give the changes that begin or end with it."""
        part = measured(inspection, conditions, self._reference(), time_us)
        if self.seen < PLACED and conditions.grey is not None:
            self._add_place(conditions.grey)
        return self.add(part)

    def add(self, part: Measured) -> list[Finding]:
        """The same for a part that was measured before."""
        learns = self.learns
        self.seen += 1
        findings = list(self._watch(part))
        if learns:
            self._learn(part)
        return findings

    def on(self) -> list[Finding]:
        """Changes that have begun and are not over."""
        return [
            Finding(each.measure, each.reference, rises, Change(False, state.since_us,
                    state.total / max(state.parts, 1) - each.limits.centre))
            for each in self.watched
            for rises, state in ((True, each.up), (False, each.down))
            if state.on
        ]  # fmt: skip

    def _watch(self, part: Measured) -> Iterator[Finding]:
        values: Mapping[Measure, float] = {**part.values, Measure.NG_RATE: float(part.rejected)}
        for each in self.watched:
            if each.measure in values:
                yield from each.take(values[each.measure], part.time_us, self.limit)

    def _learn(self, part: Measured) -> None:
        for measure, value in part.values.items():
            self.first.setdefault(measure, []).append(value)
        self.rejected += part.rejected
        if self.seen == self.wanted:
            self._fit()

    def _fit(self) -> None:
        for measure, values in self.first.items():
            if len(values) >= _FEWEST_SHARE * self.wanted:
                limits = Limits.fitted(values, SOUGHT[measure])
                self._add(measure, Reference.OWN, limits)
        rate = RateLimits.fitted(self.wanted, self.rejected)
        self._add(Measure.NG_RATE, Reference.OWN, rate)
        self.first = {}

    def _expect(self, measure: Measure, moments: Moments | None) -> None:
        if moments is not None:
            error = moments.deviation / math.sqrt(moments.parts)
            limits = Limits.stated(moments.mean, moments.deviation, error, SOUGHT[measure])
            self._add(measure, Reference.TRAINING, limits)

    def _add(self, measure: Measure, reference: Reference, limits: Limits | RateLimits) -> None:
        self.watched.append(Watched(measure=measure, reference=reference, limits=limits))

    def _reference(self) -> Floats | None:
        """The mean photo, float64 (128, 128) in [0, 1], once it is whole."""
        if self._decoded is None and self.seen >= PLACED and self.place:
            greys = np.frombuffer(base64.b64decode(self.place), np.uint16)
            self._decoded = greys.reshape(SIDE, SIDE).astype(np.float64) / _GREYS
        return self._decoded

    def _add_place(self, grey: Floats) -> None:
        before = np.zeros((SIDE, SIDE), np.uint16)
        if self.place:
            before = np.frombuffer(base64.b64decode(self.place), np.uint16).reshape(SIDE, SIDE)
        # a running mean; rounding to 1 / 65535 moves it by less than a grey level
        mean = (before * self.seen + grey * _GREYS) / (self.seen + 1)
        self.place = base64.b64encode(np.round(mean).astype(np.uint16).tobytes()).decode()
