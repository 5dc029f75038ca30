"""What runs a model file: onnxruntime, or OpenVINO when asked for and installed.

A session maps a batch of equally large photos to arrays, from any thread. It has no verdicts.
"""

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import onnx

from okng.config import Runtime
from okng.error_codes import Code
from okng.errors import ConfigError, ModelFileError
from okng.inference.processors import cores
from okng.inference.score_graph import DRAWN, Part, input_side, output_names, part_of
from okng.privacy import load_openvino

Arrays = dict[str, npt.NDArray[np.float32]]

_KEPT_KERNELS = "64"
"""Compiled kernels that OpenVINO keeps. It makes some for every new size of photo: with its own
limit of 1,024 a service grows by 0.7 MB a size, with 64 it stays flat (case `openvino_memory`);
equal sizes one after the other cost the same, a batch of another length some ms more."""
ON_CPU = (Runtime.ONNXRUNTIME, Runtime.OPENVINO)
"""Runtimes that compute on the CPU."""
_KERNELS = "ONEDNN_PRIMITIVE_CACHE_CAPACITY"
_environment = threading.Lock()


class Session(Protocol):
    """Runs the network on photos uint8 (N, H, W, 3), from any number of threads at once.

    Attributes:
        outputs: names of the graph's outputs.
    """

    outputs: tuple[str, ...]

    def run(self, photos: npt.NDArray[np.uint8], outputs: Sequence[str]) -> Arrays:
        """The named outputs, each float32 (N, ...); nothing else is computed.

        Raises:
            ModelFileError: the engine cannot compute them.
        """
        ...


def open_session(data: bytes, runtime: Runtime, threads: int | None, runs: int = 1) -> Session:
    """Load a model that `modelfile.read` has checked.

    Args:
        data: bytes of the ONNX file.
        runtime: the engine.
        threads: CPU threads; None leaves it to the number of cores.
        runs: batches that are computed at the same time, which share the threads.

    Raises:
        ModelFileError: the engine refuses the graph.
        ConfigError: the engine is not installed.
    """
    count = threads or cores()
    if runtime is Runtime.OPENVINO:
        return _OpenVino(data, count, runs)
    if runtime is not Runtime.ONNXRUNTIME:
        return _OtherDevice(data, runtime, count)
    return _OnnxRuntime(data, max(1, count // runs))  # these are the threads of each run


def runtimes_at_hand() -> list[Runtime]:
    """Runtimes to be tried: those on the CPU, installed or not, and providers that are there."""
    from okng import onnx_runtime  # noqa: PLC0415 - heavy

    devices = [each for each in onnx_runtime.PROVIDERS if onnx_runtime.is_there(each)]
    return [*ON_CPU, *devices]


def named_runtime(name: Runtime | str) -> Runtime:
    """The runtime of this name.

    Raises:
        ConfigError: there is none.
    """
    try:
        return Runtime(name)
    except ValueError as exc:
        raise ConfigError(
            f"There is no engine {name!r}",
            where="runtime",
            allowed=", ".join(Runtime),
        ) from exc


def open_unblocked(data: bytes, threads: int) -> Session:
    """A session of onnxruntime that convolves without its blocked layout; see `okng certify`.

    Raises:
        ModelFileError: the engine refuses the graph.
    """
    return _OnnxRuntime(data, threads, blocked=False)


class _OnnxRuntime:
    def __init__(self, data: bytes, threads: int, *, blocked: bool = True) -> None:
        from okng import onnx_runtime  # noqa: PLC0415 - heavy, and not needed by every verb

        self._refusals = onnx_runtime.REFUSALS
        self._open = partial(onnx_runtime.open_graph, threads=threads, blocked=blocked)
        self._data, self._lock = data, threading.Lock()
        self._parts: dict[Part, Any] = {}
        with _refusing("onnxruntime", self._refusals):
            model = onnx.load_model_from_string(data)
            self.outputs, self._side = output_names(model), input_side(model.graph)
            self._session(Part(drawn=False, resize=self._side is None))

    def run(self, photos: npt.NDArray[np.uint8], outputs: Sequence[str]) -> Arrays:
        with _refusing("onnxruntime", self._refusals):
            whole = photos.shape[1:3] != (self._side, self._side)
            part = Part(drawn=bool(DRAWN.intersection(outputs)), resize=whole)
            given = photos if whole else np.ascontiguousarray(photos.transpose(0, 3, 1, 2))
            arrays = self._session(part).run(list(outputs), {"photo": given})
        return dict(zip(outputs, arrays, strict=True))

    def _session(self, part: Part) -> Any:
        """What computes a part of the graph, opened when it is first needed."""
        with self._lock:
            if part not in self._parts:
                self._parts[part] = self._open(part_of(self._data, part))
            return self._parts[part]


class _OtherDevice:
    """onnxruntime on a GPU or the like; one run at a time, since DirectML allows no other."""

    def __init__(self, data: bytes, runtime: Runtime, threads: int) -> None:
        from okng import onnx_runtime  # noqa: PLC0415 - as above

        self._name, self._refusals = f"onnxruntime with {runtime}", onnx_runtime.REFUSALS
        if not onnx_runtime.is_there(runtime):
            provider = onnx_runtime.PROVIDERS[runtime]
            raise ConfigError(
                f"The onnxruntime that is installed has no {provider.name}",
                where=f"`runtime` {runtime}",
                allowed="onnxruntime, which always is",
                hint=f"Install {provider.package} in its place, and the driver of the device.",
                code=Code.LIBRARY_MISSING,
            )
        with _refusing(self._name, self._refusals):
            self._session = onnx_runtime.open_on(runtime, data, threads)
        self.outputs = tuple(output.name for output in self._session.get_outputs())
        self._one = threading.Lock()

    def run(self, photos: npt.NDArray[np.uint8], outputs: Sequence[str]) -> Arrays:
        with self._one, _refusing(self._name, self._refusals):
            arrays = self._session.run(list(outputs), {"photo": photos})
        return dict(zip(outputs, arrays, strict=True))


class _OpenVino:
    def __init__(self, data: bytes, threads: int, runs: int) -> None:
        try:
            openvino = load_openvino()
        except ModuleNotFoundError as exc:
            raise ConfigError(
                "OpenVINO is not installed",
                where="`runtime` openvino",
                allowed="onnxruntime, which always is",
                hint="pip install 'okng[openvino]'",
                code=Code.LIBRARY_MISSING,
            ) from exc
        core = openvino.Core()
        # float32 on every CPU: some choose bfloat16 by themselves, and scores then move.
        settings: dict[str, Any] = {
            "INFERENCE_PRECISION_HINT": "f32",
            "INFERENCE_NUM_THREADS": threads,
            "NUM_STREAMS": runs,
            "CPU_RUNTIME_CACHE_CAPACITY": 0,  # a second store of kernels by size, see _KEPT_KERNELS
        }
        with _refusing("OpenVINO", (RuntimeError,)), _few_kernels():
            self._model = core.compile_model(core.read_model(data), "CPU", settings)
        self.outputs = tuple(output.get_any_name() for output in self._model.outputs)
        self._own = threading.local()

    def run(self, photos: npt.NDArray[np.uint8], outputs: Sequence[str]) -> Arrays:
        # A request holds its inputs and outputs: one for all threads mixes up their photos.
        with _refusing("OpenVINO", (RuntimeError,)):
            if not hasattr(self._own, "request"):
                self._own.request = self._model.create_infer_request()
            # Shared inputs would let OpenVINO write later photos into this array.
            results = self._own.request.infer(
                {"photo": photos}, share_inputs=False, share_outputs=False
            )
        return {name: results[name] for name in outputs}


@contextmanager
def _few_kernels() -> Iterator[None]:
    """Let OpenVINO read `_KEPT_KERNELS`, which it does once, while it compiles its first model.

    The variable is taken back: torch in the same process reads it as well.
    """
    with _environment:
        before = os.environ.get(_KERNELS)
        os.environ[_KERNELS] = before or _KEPT_KERNELS
        try:
            yield
        finally:
            if before is None:
                del os.environ[_KERNELS]


@contextmanager
def _refusing(engine: str, refusals: tuple[type[Exception], ...]) -> Iterator[None]:
    try:
        yield
    except refusals as exc:
        lines = str(exc).splitlines() or [type(exc).__name__]
        raise ModelFileError(
            f"{engine} refuses the model: {lines[0]}",
            hint="Check that the file is whole (`okng info MODEL`), or export it again.",
            code=Code.MODEL_NO_RESULTS,
        ) from exc
