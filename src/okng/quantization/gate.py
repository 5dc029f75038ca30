"""Compares a file in INT8 with the same in float32, photo by photo."""

import time
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from okng.config import Runtime
from okng.inference.engine.loaded import LoadedModel
from okng.inference.frames import Frame
from okng.modelfile import ModelFile
from okng.quantization.result import Changed, Outcome
from okng.quantization.timing import Clock, times_as_fast
from okng.verdict import Verdict

FASTER = 1.1
"""CPU time of float32 over that of INT8 below which nothing is gained."""
_TIMED, _ROUNDS = 8, 3  # photos of a timed run; runs of each file, in turn


class FileVerdicts(NamedTuple):
    """A file and its verdicts on all photos."""

    model: LoadedModel
    verdicts: list[Verdict]


class Comparison(NamedTuple):
    """Two files beside each other.

    Attributes:
        changed: photos with another verdict or another reason.
        largest_move: largest difference of a score.
        faster: CPU time of the first over that of the second.
    """

    changed: tuple[Changed, ...]
    largest_move: float
    faster: float

    def outcome(self, most_move: float) -> Outcome:
        """Whether the second may take the place of the first."""
        if self.changed:
            return "verdicts_change"
        if self.largest_move > most_move:
            return "scores_move"
        return "accepted" if self.faster >= FASTER else "no_gain"


def verdicts_of(file: ModelFile, frames: Sequence[Frame]) -> FileVerdicts:
    """Verdicts of a file on frames, by one thread."""
    model = LoadedModel(file, Runtime.ONNXRUNTIME, 1)
    return FileVerdicts(model, [_verdict(model, frame) for frame in frames])


def compared(
    before: FileVerdicts,
    after: FileVerdicts,
    frames: Sequence[Frame],
    clock: Clock = time.process_time,
) -> Comparison:
    """Compare two files on the frames that both judged.

    Args:
        before: in float32.
        after: in INT8.
        frames: in the order of the verdicts.
        clock: seconds of this process.
    """
    pairs = list(zip(frames, before.verdicts, after.verdicts, strict=True))
    return Comparison(
        tuple(
            Changed(
                photo=frame.path,
                before=first.in_full,
                after=second.in_full,
                score_before=first.defect_score,
                score_after=second.defect_score,
            )
            for frame, first, second in pairs
            if first.in_full != second.in_full
        ),
        max((abs(a.defect_score - b.defect_score) for _, a, b in pairs), default=0.0),
        _ratio([before.model, after.model], frames[:_TIMED], clock),
    )


def _verdict(model: LoadedModel, frame: Frame) -> Verdict:
    return model.inspect([frame], heatmap=False)[0].verdict


def _ratio(models: Sequence[LoadedModel], frames: Sequence[Frame], clock: Clock) -> float:
    """CPU time of the first on these frames over that of the second."""
    first, second = (partial(_judge_singly, model, frames) for model in models)
    return times_as_fast(first, second, _ROUNDS, clock)


def _judge_singly(model: LoadedModel, frames: Sequence[Frame]) -> None:
    for frame in frames:
        _verdict(model, frame)
