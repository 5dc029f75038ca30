"""What judges decoded photos in several setups: in this process, or in one of its own."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from okng.certification.setups import Kernels, Setup
from okng.config import Runtime
from okng.inference import Frame, Inspection
from okng.inference.engine.loaded import LoadedModel
from okng.inference.sessions import open_unblocked
from okng.modelfile import ModelFile


class Answer(NamedTuple):
    """What a setup gives for one photo.

    Attributes:
        verdict: OK, NG, REVIEW or ERROR; behind it the reason, and the class where the model tells
            types of defects apart.
        score: the defect score in [0, 1]; NaN for ERROR.
        unfamiliarity: in [0, 1]; NaN for ERROR, and where the model does not tell it.
    """

    verdict: str
    score: float
    unfamiliarity: float


class Judge(Protocol):
    """Judges frames in each of its setups.

    Attributes:
        setups: in the order of the answers.
    """

    setups: tuple[Setup, ...]

    def judge(self, frames: Sequence[Frame]) -> list[list[Answer]]:
        """For each setup the answers on frames of one size, in their order.

        Raises:
            OkngError: the runtime has ended.
        """
        ...

    def close(self) -> None:
        """Let go of the model."""
        ...


class JudgeHere:
    """Judges in this process, each setup with the code of the line.

    Args:
        file: read and checked.
        setups: of one runtime and one set of kernels.

    Raises:
        ModelFileError: the runtime refuses the graph.
        ConfigError: the runtime is not installed.
    """

    def __init__(self, file: ModelFile, setups: Sequence[Setup]) -> None:
        self.setups = tuple(setups)
        self._models = {
            setup.threads: _loaded(file, setup)
            for setup in {setup.threads: setup for setup in setups}.values()
        }

    def judge(self, frames: Sequence[Frame]) -> list[list[Answer]]:
        """For each setup the answers on frames of one size, in their order."""
        return [
            [self._answer(inspection) for inspection in self._inspected(setup, frames)]
            for setup in self.setups
        ]

    def close(self) -> None:
        """Let go of the model."""
        self._models.clear()

    def _inspected(self, setup: Setup, frames: Sequence[Frame]) -> Iterator[Inspection]:
        model = self._models[setup.threads]
        for start in range(0, len(frames), setup.batch):
            yield from model.inspect(frames[start : start + setup.batch], heatmap=False)

    @staticmethod
    def _answer(inspection: Inspection) -> Answer:
        verdict = inspection.verdict
        return Answer(verdict.in_full, verdict.defect_score, verdict.unfamiliarity)


def _loaded(file: ModelFile, setup: Setup) -> LoadedModel:
    """The model as the line loads it; one photo may be in flight."""
    if setup.runtime is Runtime.ONNXRUNTIME and setup.kernels is Kernels.NO_NCHWC:
        session = open_unblocked(file.data, setup.threads)
        model = LoadedModel(file, setup.runtime, setup.threads, opened=lambda: session)
    else:
        model = LoadedModel(file, setup.runtime, setup.threads)
    model.check()
    return model
