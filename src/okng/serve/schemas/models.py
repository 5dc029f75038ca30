"""Models of the station, as requests and answers have them."""

from datetime import datetime
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from okng.inference.engine import InspectionEngine


class PointBody(BaseModel):
    """Threshold and review band of a model."""

    threshold: float = Field(description="A score at or above it is NG.")
    review_low: float | None
    review_high: float | None
    unfamiliar_limit: float | None
    policy: str
    reason: str
    chosen: datetime | None


class ModelBody(BaseModel):
    """A model that is loaded."""

    name: str = Field(description="At this station; it stays when the model is exchanged.")
    role: Literal["live", "shadow"]
    digest: str = Field(description="SHA-256 of the model file.")
    trained_as: str = Field(description="Name that the model file has of itself.")
    classes: list[str]
    ok_class: str | None
    image_size: int = Field(description="Side of the photo that the network sees, in pixels.")
    backbone: str
    created: str
    operating_point: PointBody

    @classmethod
    def of(cls, name: str, role: Literal["live", "shadow"], engine: InspectionEngine) -> Self:
        """The body for a loaded model."""
        metadata = engine.metadata
        return cls(
            name=name,
            role=role,
            digest=engine.digest,
            trained_as=metadata.name,
            classes=list(metadata.classes),
            ok_class=metadata.ok_class,
            image_size=metadata.input.image_size,
            backbone=metadata.backbone,
            created=str(metadata.created),
            operating_point=PointBody.model_validate(metadata.operating_point.model_dump()),
        )


class OperatingPointGiven(BaseModel):
    """Other values for an operating point; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(min_length=1, max_length=4000, description="Why; goes on record.")
    threshold: float | None = Field(None, ge=0, le=1)
    review: tuple[float, float] | None = Field(None, description="Low and high end.")
    drop_review: bool = Field(False, description="Remove the review band.")
    unfamiliar_limit: float | None = Field(None, gt=0, le=1)
