"""The drift alarm, as answers have it."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from okng.station.clock import utc_of
from okng.station.drift_alarm import Drift, DriftWatcher, Measure, Reference
from okng.station.drift_alarm.codes import CODES, change_of


class ChangeBody(BaseModel):
    """A change that has begun and is not over."""

    code: str = Field(description="Such as `drift.brightness`.")
    measure: Measure
    reference: Reference = Field(description="With which the parts are compared.")
    product: str
    since: datetime = Field(description="About when it began, in UTC.")
    change: float = Field(
        description="Share of brightness or sharpness, sides of the photo, log-odds of the score, "
        "or a difference of shares."
    )

    @classmethod
    def of(cls, drift: Drift) -> Self:
        """The body for a change."""
        finding = drift.finding
        return cls(
            code=CODES[finding.measure].value,
            measure=finding.measure,
            reference=finding.reference,
            product=drift.product,
            since=utc_of(finding.change.since_us),
            change=change_of(finding),
        )


class LearnedBody(BaseModel):
    """How far the alarm has learned a product."""

    product: str
    model_digest: str
    parts: int = Field(description="Parts so far.")
    wanted: int = Field(description="Parts that are learned from.")


class DriftBody(BaseModel):
    """State of the drift alarm."""

    changes: list[ChangeBody]
    learned: list[LearnedBody]
    left_out: int = Field(description="Photos that were not measured, since too many waited.")

    @classmethod
    def of(cls, watcher: DriftWatcher) -> Self:
        """The body for a watcher."""
        return cls(
            changes=[ChangeBody.of(each) for each in watcher.on()],
            learned=[
                LearnedBody(
                    product=each.product, model_digest=each.model_digest, parts=each.parts,
                    wanted=each.wanted,
                )
                for each in watcher.learned()
            ],
            left_out=watcher.left_out,
        )  # fmt: skip


class LearnAnew(BaseModel):
    """The alarm is to learn anew."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: str = Field(min_length=1, max_length=4000, description="Why; goes on record.")
    product: str | None = Field(None, max_length=200, description="Whose; of all, if left out.")
