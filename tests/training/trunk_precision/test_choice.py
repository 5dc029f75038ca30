"""INT8 is chosen where it is faster and as accurate, and the reason is kept."""

from pathlib import Path

import pytest

from okng.config import Precision
from okng.training.trunk_precision.choice import (
    PrecisionChoice,
    Trial,
    chosen,
    read_choice,
)


@pytest.mark.parametrize(
    ("faster", "loss", "precision", "reason"),
    [
        (1.9, 0.2, Precision.INT8, "as_accurate"),
        (1.3, 0.2019, Precision.INT8, "as_accurate"),
        (1.9, 0.2021, Precision.FLOAT32, "less_accurate"),
        (1.29, 0.1, Precision.FLOAT32, "not_faster"),
        (0.5, 0.9, Precision.FLOAT32, "not_faster"),
    ],
)
def test_int8_must_be_faster_and_as_accurate(
    faster: float, loss: float, precision: Precision, reason: str
) -> None:
    """1.3 times as fast, and at most 1 % more loss than 0.2."""
    choice = chosen(Trial(photos=500, faster=faster, loss_float32=0.2, loss_int8=loss))

    assert (choice.precision, choice.reason) == (precision, reason)


def test_a_choice_is_read_as_it_was_written(tmp_path: Path) -> None:
    """With the figures that it rests on."""
    trial = Trial(photos=500, faster=1.75, loss_float32=0.2, loss_int8=0.199)
    (tmp_path / "models").mkdir()
    chosen(trial).write(tmp_path)

    assert read_choice(tmp_path) == PrecisionChoice(
        precision=Precision.INT8, reason="as_accurate", trial=trial
    )


def test_without_a_choice_there_is_none(tmp_path: Path) -> None:
    """A training in which layers learn leaves no file."""
    assert read_choice(tmp_path) is None
