"""A judge in a process of its own gives what a judge in this one gives."""

from collections.abc import Iterator
from contextlib import closing

import numpy as np
import pytest

from okng.certification.isolated import JudgeApart
from okng.certification.judges import JudgeHere
from okng.certification.setups import Kernels, Setup
from okng.config import Runtime
from okng.errors import ModelFileError, OkngError
from okng.inference import Frame
from okng.modelfile import ModelFile

pytest.importorskip("openvino")
NATIVE = Setup(runtime=Runtime.OPENVINO, threads=1, batch=2)
AVX2 = NATIVE.model_copy(update={"kernels": Kernels.AVX2})


@pytest.fixture
def frames() -> list[Frame]:
    """Three photos of noise."""
    noise = np.random.default_rng(0).integers(0, 256, (3, 24, 40, 3), dtype=np.uint8)
    return [Frame(pixels) for pixels in noise]


@pytest.fixture
def apart(file: ModelFile) -> Iterator[JudgeApart]:
    """A child that may not use AVX-512."""
    with closing(JudgeApart(file, [AVX2, AVX2.model_copy(update={"batch": 1})])) as judge:
        yield judge


def test_the_child_answers_as_this_process_and_its_end_is_an_error(
    file: ModelFile, apart: JudgeApart, frames: list[Frame]
) -> None:
    """Every photo once per setup, in order; a killed child is no wait without end."""
    here = JudgeHere(file, [NATIVE]).judge(frames)[0]
    answers = apart.judge(frames)

    assert len(answers) == 2
    for given in answers:
        assert [answer.verdict for answer in given] == [answer.verdict for answer in here]
        assert [a.score for a in given] == pytest.approx([a.score for a in here], abs=1e-4)
    apart._child.kill()
    with pytest.raises(ModelFileError, match="has ended"):
        apart.judge(frames)


def test_a_graph_that_the_child_refuses_is_told(file: ModelFile) -> None:
    """With the words of the runtime; the child is gone after."""
    with pytest.raises(OkngError, match="OpenVINO refuses the model"):
        JudgeApart(file._replace(data=b"no graph"), [AVX2])
