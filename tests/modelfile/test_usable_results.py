"""An inspector on a sound file, on one that gives nonsense, in processes and on streams."""

import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from okng import Inspector, Judgement, modelfile
from okng.config import Runtime
from okng.errors import ConfigError, ModelFileError
from okng.inference import output_checks
from okng.inference.sessions import ON_CPU
from okng.testing import BrightnessSession

NOISE = np.random.default_rng(3).integers(0, 256, (4, 40, 50, 3), dtype=np.uint8)
Photo = npt.NDArray[np.uint8]


def _replaced(path: Path, nodes: list[onnx.NodeProto], **constants: list[float]) -> Path:
    """A file whose outputs come from these nodes alone; seal and metadata are right."""
    model, metadata = onnx.load(path), modelfile.read(path).metadata
    held = [t for t in model.graph.initializer if t.name in modelfile.CONSTANTS]
    for field in (model.graph.node, model.graph.initializer, model.graph.value_info):
        del field[:]
    del model.graph.output[2:]
    model.graph.initializer.extend(held)
    for name, values in constants.items():
        model.graph.initializer.append(
            numpy_helper.from_array(np.asarray(values, np.float32), name)
        )
    model.graph.node.extend(nodes)
    modelfile.write(model, metadata, path)
    return path


def _constant_scores(path: Path, score: float, probabilities: list[float]) -> Path:
    """A file that gives the same for every photo: (N,) times a score, (N, 2) probabilities."""
    nodes = [
        helper.make_node("Cast", ["photo"], ["f"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["f", "axes"], ["m"], keepdims=0),
        helper.make_node("Mul", ["m", "zero"], ["z"]),
        helper.make_node("Add", ["z", "score"], ["defect_score"]),
        helper.make_node("Unsqueeze", ["z", "one"], ["column"]),
        helper.make_node("Add", ["column", "p"], ["probabilities"]),
    ]
    model = _replaced(path, nodes, zero=[0.0], score=[score], p=probabilities)
    loaded, metadata = onnx.load(model), modelfile.read(path).metadata
    loaded.graph.initializer.append(numpy_helper.from_array(np.array([1, 2, 3]), "axes"))
    loaded.graph.initializer.append(numpy_helper.from_array(np.array([1]), "one"))
    modelfile.write(loaded, metadata, path)
    return path


@pytest.mark.parametrize(
    ("score", "probabilities", "fault"),
    [
        (7.0, [0.9, 0.1], "defect_score is 7"),
        (-7.0, [0.9, 0.1], "defect_score is -7"),
        (float("nan"), [0.9, 0.1], "defect_score is nan"),
        (0.1, [0.9, 0.9], "sum to 1.8"),
        (0.1, [0.3, 0.3, 0.4], r"probabilities of 2 photos has the shape \(2, 3\)"),
    ],
)
def test_nonsense_is_refused_at_load(
    own: Path, score: float, probabilities: list[float], fault: str
) -> None:
    """A trial on two photos of noise finds scores that are none."""
    with pytest.raises(ModelFileError, match=fault):
        Inspector(_constant_scores(own, score, probabilities))


def test_one_row_for_many_photos_is_refused_at_load(own: Path) -> None:
    """An engine that answers once for two photos."""
    names = (("s", "defect_score"), ("p", "probabilities"))
    nodes = [helper.make_node("Identity", [given], [name]) for given, name in names]
    path = _replaced(own, nodes, s=[0.1], p=[0.9, 0.1])
    with pytest.raises(ModelFileError, match="shape"):
        Inspector(path)


@pytest.mark.parametrize("runtime", ["onnxruntime", "openvino"])
def test_graph_that_no_engine_runs_is_a_clear_error(own: Path, runtime: str) -> None:
    """Known operators, put together wrongly."""
    pytest.importorskip(runtime)
    nodes = [helper.make_node("MatMul", ["photo", "photo"], ["defect_score"]),
             helper.make_node("MatMul", ["photo", "photo"], ["probabilities"])]  # fmt: skip
    path = _replaced(own, nodes)
    with pytest.raises(ModelFileError):
        Inspector(path, runtime=runtime)


def test_failure_in_a_stream_costs_one_verdict(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine fails on one photo and gives a NaN on another: both are ERROR, the rest go on."""
    monkeypatch.setattr("okng.inference.engine.loaded.open_session", lambda *_: BrightnessSession())
    photos = [np.full((8, 8, 3), level, np.uint8) for level in (100, 0, 255, 100)]
    verdicts = Inspector(own)(photos)

    assert [v.verdict for v in verdicts] == [
        Judgement.OK, Judgement.ERROR, Judgement.ERROR, Judgement.OK,
    ]  # fmt: skip
    assert "no memory" in verdicts[1].error
    assert "is nan, not in [0, 1]" in verdicts[2].error


def test_wrong_rows_are_no_verdicts() -> None:
    """Every photo of a batch with too few rows is at fault."""
    few = {"probabilities": np.ones((1, 2), np.float32), "defect_score": np.ones(1, np.float32)}
    assert all(output_checks.row_faults(few, 3, 2))


@pytest.mark.parametrize("runtime", ON_CPU)
def test_inspector_survives_pickling(exported: Path, runtime: Runtime) -> None:
    """A pool of processes gets the same scores, even where the file is gone."""
    pytest.importorskip(runtime)
    inspector = Inspector(exported, runtime=runtime, threads=1)
    again = pickle.loads(pickle.dumps(inspector))  # noqa: S301 - our own
    scores = [[v.defect_score for v in each(list(NOISE))] for each in (inspector, again)]
    assert scores[0] == scores[1]


def test_engine_may_be_named(exported: Path) -> None:
    """`runtime="openvino"` is honoured; another name is refused with those that are known."""
    with pytest.raises(ConfigError, match="There is no engine 'tflite'"):
        Inspector(exported, runtime="tflite")
    pytest.importorskip("openvino")
    named = Inspector(exported, runtime="openvino")(NOISE[0])
    assert (
        named.defect_score == Inspector(exported, runtime=Runtime.OPENVINO)(NOISE[0]).defect_score
    )


def test_stream_is_answered_photo_by_photo(exported: Path) -> None:
    """A camera gets the verdict of a photo before it sends the next one."""
    sent = 0

    def camera() -> Iterator[Photo]:
        nonlocal sent
        for photo in NOISE:
            sent += 1
            yield photo

    verdicts = Inspector(exported).judge(camera())
    assert [(next(verdicts).verdict in Judgement, sent) for _ in NOISE] == [
        (True, number) for number in (1, 2, 3, 4)
    ]


def test_openvino_memory_stays_bounded(exported: Path) -> None:
    """Photos of ever other sizes: less than 20 MB more over 150 sizes, where it was 100 MB.

    In a process of its own: OpenVINO reads the limit once, while it compiles its first model,
    and the memory of a worker that ran other tests moves by itself.
    """
    pytest.importorskip("openvino")
    if not Path("/proc/self/statm").exists():
        pytest.skip("measures memory through /proc")
    grown = subprocess.run(
        [sys.executable, "-c", MEMORY_OF_SIZES, str(exported)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert float(grown.stdout) < 20


MEMORY_OF_SIZES = """
import sys
from pathlib import Path

import numpy as np

from okng.config import Runtime
from okng.inference import Inspector

inspector = Inspector(Path(sys.argv[1]), runtime=Runtime.OPENVINO, threads=1)
draw, used = np.random.default_rng(1), []
for _ in range(200):
    height, width = draw.integers(60, 400, 2)
    inspector(draw.integers(0, 255, (height, width, 3), dtype=np.uint8))
    used.append(int(Path("/proc/self/statm").read_text("ascii").split()[1]) * 4096 / 1e6)
print(used[-1] - used[49])
"""
"""Megabytes that the process grows by, from the 50th to the 200th size of photo."""
