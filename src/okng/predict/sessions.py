"""What runs a model file: onnxruntime, or OpenVINO when asked for and installed.

A session maps a batch of equally large photos to arrays. It knows nothing about verdicts.
"""

import os
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from okng.config import Runtime
from okng.errors import ConfigError, ModelFileError

Arrays = dict[str, npt.NDArray[np.float32]]


class Session(Protocol):
    """Runs the network on photos uint8 (N, H, W, 3).

    Attributes:
        outputs: names of what the graph can tell.
    """

    outputs: tuple[str, ...]

    def run(self, photos: npt.NDArray[np.uint8], outputs: Sequence[str]) -> Arrays:
        """The named outputs, each float32 (N, ...); nothing else is computed."""
        ...


def open_session(data: bytes, runtime: Runtime, threads: int | None) -> Session:
    """Load a model that `modelfile.read` has checked.

    Args:
        data: bytes of the ONNX file.
        runtime: the engine.
        threads: CPU threads; None leaves it to the number of cores.

    Raises:
        ModelFileError: the engine refuses the graph.
        ConfigError: the engine is not installed.
    """
    count = threads or _cores()
    if runtime is Runtime.OPENVINO:
        return _OpenVino(data, count)
    return _OnnxRuntime(data, count)


def _cores() -> int:
    """Cores that this process may use, which in a container are fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _OnnxRuntime:
    def __init__(self, data: bytes, threads: int) -> None:
        import onnxruntime as ort  # noqa: PLC0415 - heavy, and not needed by every verb

        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        try:
            self._session = ort.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        except (RuntimeError, ValueError) as exc:
            raise _refused("onnxruntime", exc) from exc
        self.outputs = tuple(output.name for output in self._session.get_outputs())
        self._options = ort.RunOptions()
        # Without this, the whole graph runs even when no heatmap was asked for.
        self._options.only_execute_path_to_fetches = True

    def run(self, photos: npt.NDArray[np.uint8], outputs: Sequence[str]) -> Arrays:
        found = self._session.run(list(outputs), {"photo": photos}, self._options)
        return dict(zip(outputs, found, strict=True))


class _OpenVino:
    def __init__(self, data: bytes, threads: int) -> None:
        try:
            import openvino  # noqa: PLC0415 - heavy, and an extra
        except ModuleNotFoundError as exc:
            raise ConfigError(
                "OpenVINO is not installed",
                where="--runtime openvino",
                allowed="onnxruntime, which always is",
                hint="pip install 'okng[openvino]'",
            ) from exc
        core = openvino.Core()
        # float32 on every CPU: some choose bfloat16 by themselves, and scores then move.
        settings: dict[str, Any] = {
            "INFERENCE_PRECISION_HINT": "f32",
            "INFERENCE_NUM_THREADS": threads,
        }
        try:
            self._model = core.compile_model(core.read_model(data), "CPU", settings)
        except RuntimeError as exc:
            raise _refused("OpenVINO", exc) from exc
        self.outputs = tuple(output.get_any_name() for output in self._model.outputs)

    def run(self, photos: npt.NDArray[np.uint8], outputs: Sequence[str]) -> Arrays:
        results = self._model({"photo": photos})
        return {name: results[name] for name in outputs}


def _refused(engine: str, exc: Exception) -> ModelFileError:
    return ModelFileError(
        f"{engine} refuses the model: {str(exc).splitlines()[0]}",
        hint="Check that the file is whole (`okng info MODEL`), or export it again.",
    )
