"""What a station answers, as types. Fields that a later station adds are ignored."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from okng.verdict import Judgement


class Answer(BaseModel):
    """A frozen answer."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


class Review(Answer):
    """What a person stated about an inspection.

    Attributes:
        id: of the review.
        inspection: identifier of the inspection.
        time: when, with the offset of the station.
        by: who.
        truth: what the part is: OK or NG; None takes an earlier review back.
        label: class of the part, or empty.
        note: free text.
    """

    id: str
    inspection: str
    time: datetime
    by: str
    truth: str | None
    label: str = ""
    note: str = ""


class Inspection(Answer):
    """One inspection, as it stands on record.

    Attributes:
        id: UUID version 7.
        time: when the station received the photo, with the offset of the station.
        station: name of the station.
        verdict: OK, NG, REVIEW, or ERROR where the photo could not be judged.
        defect_score: in [0, 1]; None for ERROR.
        class_name: the likeliest class, whatever the threshold; empty for ERROR.
        probabilities: class -> probability in [0, 1].
        threshold: a score at or above it is NG.
        unfamiliarity: in [0, 1]; None where it is not known.
        reason: why a person decides: `band`, `unfamiliar`, or empty.
        error_code: why the verdict is ERROR, or empty.
        model: name of the model that decided.
        model_digest: SHA-256 of the model file, in hex.
        photo_digest: SHA-256 of the bytes of the photo, in hex.
        latency_ms: from the receipt of the photo to the verdict.
        serial: of the part, as it was given.
        batch: likewise.
        product: likewise.
        reviews: oldest first, the last one counts; only of `inspection`.
    """

    id: str
    time: datetime
    station: str
    verdict: Judgement
    defect_score: float | None
    class_name: str = Field(alias="class")
    probabilities: dict[str, float]
    threshold: float
    unfamiliarity: float | None = None
    reason: str = ""
    error_code: str = ""
    model: str
    model_digest: str
    photo_digest: str | None = None
    latency_ms: float
    serial: str | None = None
    batch: str | None = None
    product: str | None = None
    reviews: list[Review] = []

    @property
    def ok(self) -> bool:
        """True only for OK: REVIEW and ERROR never pass a part."""
        return self.verdict is Judgement.OK


class Page(Answer):
    """A page of inspections, newest first; `next` is the cursor of the page that follows."""

    inspections: list[Inspection]
    next: str | None = None


class Model(Answer):
    """A model of a station: `live` decides, a shadow only judges."""

    name: str
    digest: str
    role: str


class Station(Answer):
    """Whether a station takes photos.

    Attributes:
        status: `ready` or `not ready`.
        station: its name.
        models: names of its models.
        faults: codes of what is wrong; empty if nothing is.
    """

    status: str
    station: str
    models: list[str]
    faults: list[str]

    @property
    def ready(self) -> bool:
        """Whether it takes photos."""
        return self.status == "ready"
