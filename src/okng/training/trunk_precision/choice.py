"""Which number format the frozen layers of an inspector have, and why.

The classifier, its calibration and its threshold are fitted on what these layers give. So the
question is not how far a score moves in INT8, but how well the classes are told apart.
"""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from okng.config import Precision
from okng.files import write_atomic
from okng.runs.layout import ModelsFolder

WORSE = 1.01
"""Loss out of fold of INT8 over that of float32 that is accepted: 1 % (issue 21)."""
FASTER = 1.3
"""Time of float32 over time of INT8 that is asked for (issue 21)."""

Reason = Literal["asked", "few_photos", "few_parts", "not_faster", "less_accurate", "as_accurate"]


class Trial(BaseModel):
    """Features of the same photos by both kinds of layers, on this machine.

    Attributes:
        photos: how many.
        faster: time of float32 over time of INT8.
        loss_float32: log-loss out of fold of a classifier on float32 features.
        loss_int8: the same on INT8 features.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    photos: int
    faster: float
    loss_float32: float
    loss_int8: float


class PrecisionChoice(BaseModel):
    """The number format of the frozen layers.

    Attributes:
        precision: int8 or float32.
        reason: code of the reason.
        trial: what it rests on; None without one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    precision: Literal[Precision.FLOAT32, Precision.INT8]
    reason: Reason
    trial: Trial | None = None

    def write(self, run: Path) -> None:
        """Leave it in the run folder, for the report."""
        write_atomic(ModelsFolder(run).trunk_precision, self.model_dump_json(indent=1) + "\n")


def chosen(trial: Trial) -> PrecisionChoice:
    """INT8 where it is faster and tells the classes apart as well."""
    if trial.faster < FASTER:
        return PrecisionChoice(precision=Precision.FLOAT32, reason="not_faster", trial=trial)
    if trial.loss_int8 > WORSE * trial.loss_float32:
        return PrecisionChoice(precision=Precision.FLOAT32, reason="less_accurate", trial=trial)
    return PrecisionChoice(precision=Precision.INT8, reason="as_accurate", trial=trial)


def read_choice(run: Path) -> PrecisionChoice | None:
    """What a training left; None where the question did not arise."""
    path = ModelsFolder(run).trunk_precision
    if not path.exists():
        return None
    return PrecisionChoice.model_validate_json(path.read_text(encoding="utf-8"))
