"""A benchmark times what the line runs, and tells where the time goes."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

import okng
from okng import modelfile
from okng.benchmark import Benchmark, Candidate, Latency, Stages, measure
from okng.config import Runtime
from okng.errors import ConfigError, DatasetError, ModelFileError
from okng.events import Silent
from okng.inference.sessions import ON_CPU, Arrays
from okng.testing import BrightnessSession, RecordingProgress

SHORT = 0.05  # seconds for each candidate


class Slow(BrightnessSession):
    """Takes 4 ms a run, and 8 ms with a heatmap."""

    def run(self, photos: npt.NDArray[np.uint8], outputs: Sequence[str]) -> Arrays:
        """As `Session`."""
        time.sleep(0.008 if "heatmap" in outputs else 0.004)
        return super().run(photos, outputs)


@pytest.fixture
def paths(photos: Path) -> list[Path]:
    """Four photos of 64 x 64 pixels."""
    return sorted((photos / "ok").glob("*.jpg"))[:4]


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every runtime is slow."""
    for module in ("okng.benchmark.measuring", "okng.inference.engine.loaded"):
        monkeypatch.setattr(f"{module}.open_session", lambda *_: Slow())


@pytest.fixture
def candidate(exported: Path) -> Callable[[Runtime], Candidate]:
    """The exported file on a runtime, one thread."""
    file = modelfile.read(exported)
    return lambda runtime: Candidate("it.onnx", file, runtime, 1)


def _measured(
    candidate: Callable[[Runtime], Candidate], paths: list[Path], *runtimes: Runtime
) -> Benchmark:
    return measure([candidate(r) for r in runtimes], paths, SHORT, Silent())


@pytest.mark.usefixtures("slow")
def test_time_of_the_network_and_of_the_heatmap_are_told_apart(
    candidate: Callable[[Runtime], Candidate], paths: list[Path]
) -> None:
    """4 ms each; the latency holds the first, and all else of a photo."""
    row = _measured(candidate, paths, Runtime.ONNXRUNTIME).rows[0]
    stages = row.stages

    assert stages.network >= 4
    assert 2 < stages.heatmap < 8
    assert row.latency.p50 >= stages.network
    assert row.latency.p50 <= row.latency.p95 <= row.latency.p99
    assert row.photos_per_second_with_heatmaps > 0
    assert 0 < row.photos_per_second < 8 * 250
    assert sum(stages.shares.values()) == pytest.approx(1)


@pytest.mark.usefixtures("slow")
def test_every_runtime_is_a_row_with_its_model_file(
    candidate: Callable[[Runtime], Candidate], paths: list[Path], exported: Path
) -> None:
    """In the order asked for, with digest, precision and threads; photos and machine above."""
    result = _measured(candidate, paths, *ON_CPU)

    assert [row.runtime for row in result.rows] == list(ON_CPU)
    assert {row.model_digest for row in result.rows} == {modelfile.read(exported).digest}
    assert {(row.precision, row.threads) for row in result.rows} == {("float32", 1)}
    assert all(row.latency.photos >= 3 * 8 for row in result.rows)
    assert (result.photos, result.width, result.height) == (4, 64, 64)
    assert result.machine.cores >= 1


@pytest.mark.usefixtures("slow")
def test_unreadable_photos_are_not_timed(
    candidate: Callable[[Runtime], Candidate], paths: list[Path], tmp_path: Path
) -> None:
    """A verdict ERROR is quick, and would make the model look quick."""
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"no photo")

    assert _measured(candidate, [broken, *paths], Runtime.ONNXRUNTIME).photos == 4
    with pytest.raises(DatasetError, match="No photo can be read"):
        _measured(candidate, [broken], Runtime.ONNXRUNTIME)


def test_a_runtime_that_is_missing_is_named(
    candidate: Callable[[Runtime], Candidate], paths: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one is timed."""

    def missing() -> None:
        raise ModuleNotFoundError("openvino")

    monkeypatch.setattr("okng.inference.sessions.load_openvino", missing)
    result = _measured(candidate, paths, *ON_CPU)

    assert [row.runtime for row in result.rows] == [Runtime.ONNXRUNTIME]
    assert [(left.runtime, left.reason) for left in result.not_timed] == [
        (Runtime.OPENVINO, "OpenVINO is not installed")
    ]


def test_onnxruntime_that_refuses_is_an_error(
    candidate: Callable[[Runtime], Candidate], paths: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every model file runs on it, so the file is at fault."""

    def refuse(*_: object) -> None:
        raise ModelFileError("onnxruntime refuses the model")

    monkeypatch.setattr("okng.benchmark.measuring.open_session", refuse)

    with pytest.raises(ModelFileError, match="refuses"):
        _measured(candidate, paths, Runtime.ONNXRUNTIME)


@pytest.mark.usefixtures("slow")
def test_candidates_take_turns(
    candidate: Callable[[Runtime], Candidate], paths: list[Path]
) -> None:
    """One step of progress for each block of each candidate."""
    progress = RecordingProgress()
    measure([candidate(runtime) for runtime in ON_CPU], paths, SHORT, progress)

    assert progress.stages == [("bench", 6)]


def test_percentiles_are_of_milliseconds() -> None:
    """Of 0 to 100 ms each percentile is its own number."""
    latency = Latency.of([number / 1000 for number in range(101)])

    assert (latency.p50, latency.p95, latency.p99) == pytest.approx((50, 95, 99))
    assert latency.photos == 101


def test_shares_of_nothing_are_nothing() -> None:
    """No division by zero."""
    stages = Stages(decode=0, resize=0, network=0, rest=0, heatmap=0)

    assert set(stages.shares.values()) == {0}


@pytest.mark.parametrize("seconds", [0.0, -1.0, 1e9])
def test_a_time_that_is_no_time_is_refused(exported: Path, photos: Path, seconds: float) -> None:
    """Before a photo is read."""
    with pytest.raises(ConfigError, match="cannot be spent"):
        okng.bench(exported, photos, seconds=seconds, progress=False)
