"""What quantising a model file came to."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Outcome = Literal["accepted", "verdicts_change", "scores_move", "no_gain"]


class Changed(BaseModel):
    """A photo whose verdict differs in INT8."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    photo: str = Field(description="path of the file")
    before: str = Field(description="verdict of the file in float32, and its reason")
    after: str = Field(description="verdict of the file in INT8, and its reason")
    score_before: float = Field(description="defect score in float32, in [0, 1]")
    score_after: float = Field(description="defect score in INT8, in [0, 1]")


class QuantizationResult(BaseModel):
    """The gate: a file in INT8 beside the same in float32, on photos that neither was fitted on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    outcome: Outcome = Field(description="`accepted`, or what it was refused for")
    photos: int = Field(description="photos that both files judged")
    unreadable: int = Field(0, description="files that are no readable photos")
    layers: int = Field(description="nodes that can compute in INT8")
    layers_int8: int = Field(description="nodes that do")
    faster: float = Field(description="CPU time of float32 over that of INT8, of the same photos")
    largest_move: float = Field(description="largest difference of a defect score, in [0, 1]")
    most_move: float = Field(description="difference that was accepted, in [0, 1]")
    changed: tuple[Changed, ...] = Field(description="photos with another verdict")

    @property
    def accepted(self) -> bool:
        """Whether the file in INT8 may take the place of the other."""
        return self.outcome == "accepted"
