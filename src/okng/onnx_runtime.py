"""The one place that loads onnxruntime, so that its telemetry is off before its first event.

`okng.privacy` has set the environment by then. On Windows, where onnxruntime does not read it, and
where a program loaded onnxruntime before okng, the call below stops all later events.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as state

from okng.config.choices import Runtime

onnxruntime.disable_telemetry_events()

REFUSALS: tuple[type[Exception], ...] = (
    RuntimeError,
    ValueError,
    state.EPFail,
    state.EngineError,
    state.Fail,
    state.InvalidArgument,
    state.InvalidGraph,
    state.InvalidProtobuf,
    state.NoModel,
    state.NoSuchFile,
    state.NotImplemented,
    state.RuntimeException,
)
"""What onnxruntime raises on a graph or an input that it cannot work with."""

SHORT_OF_MEMORY: tuple[type[Exception], type[Exception]] = (state.Fail, state.RuntimeException)
"""What it raises where memory runs out, among other faults."""


class Provider(NamedTuple):
    """What runs a graph on another device than the CPU.

    Attributes:
        name: as onnxruntime has it.
        options: of it, such that it computes in float32.
        package: a build of onnxruntime that has it.
    """

    name: str
    options: Mapping[str, str]
    package: str


PROVIDERS = {
    # TensorFloat-32 has 10 bits of mantissa: the resize would not be exact (decision 0017).
    Runtime.CUDA: Provider("CUDAExecutionProvider", {"use_tf32": "0"}, "onnxruntime-gpu"),
    Runtime.TENSORRT: Provider(
        "TensorrtExecutionProvider", {"trt_fp16_enable": "0", "trt_int8_enable": "0"},
        "onnxruntime-gpu",
    ),
    Runtime.DIRECTML: Provider("DmlExecutionProvider", {}, "onnxruntime-directml"),
    Runtime.COREML: Provider(
        "CoreMLExecutionProvider", {"ModelFormat": "MLProgram", "MLComputeUnits": "CPUOnly"},
        "onnxruntime",
    ),
}  # fmt: skip
"""Of each runtime that is onnxruntime on another device."""


def is_there(runtime: Runtime) -> bool:
    """Whether the onnxruntime that is installed has the provider of a runtime."""
    return PROVIDERS[runtime].name in onnxruntime.get_available_providers()


def open_on(runtime: Runtime, model: bytes, threads: int) -> Any:
    """An `onnxruntime.InferenceSession` on another device; what that cannot run, the CPU does.

    Raises:
        Exception: one of `REFUSALS`; also where onnxruntime would fall back to the CPU for all.
    """
    provider = PROVIDERS[runtime]
    options = _options(threads)
    # DirectML allows neither.
    options.enable_mem_pattern = False
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    wanted = [(provider.name, dict(provider.options)), "CPUExecutionProvider"]
    session = onnxruntime.InferenceSession(model, options, providers=wanted)
    if provider.name not in session.get_providers():
        raise RuntimeError(f"{provider.name} cannot be loaded, so the CPU would run all of it")
    return session


def open_graph(model: bytes | Path, threads: int | None = None, *, blocked: bool = True) -> Any:
    """An `onnxruntime.InferenceSession` on the CPU, which logs errors only.

    Args:
        model: an ONNX file, or its bytes.
        threads: CPU threads; None leaves it to onnxruntime.
        blocked: whether convolutions may run in its blocked layout, NCHWc; else by im2col.

    Raises:
        Exception: one of `REFUSALS`.
    """
    options = _options(threads)
    if not blocked:
        # The level below the one that changes layouts.
        level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
        options.graph_optimization_level = level
    source = model if isinstance(model, bytes) else str(model)
    return onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])


def _options(threads: int | None) -> Any:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    if threads is not None:
        options.intra_op_num_threads = threads
    # Its threads spin while they wait for work, which shortens a run by 2 ms of 10 on two cores.
    # After a run the cores belong to whoever reads, writes and answers: 1.5 ms less for an answer.
    options.add_session_config_entry("session.force_spinning_stop", "1")
    return options
