"""The one place that loads onnxruntime, so that its telemetry is off before its first event.

`okng.privacy` has set the environment by then. On Windows, where onnxruntime does not read it, and
where a program loaded onnxruntime before okng, the call below stops all later events.
"""

from pathlib import Path
from typing import Any

import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as state

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


def open_graph(model: bytes | Path, threads: int | None = None, *, blocked: bool = True) -> Any:
    """An `onnxruntime.InferenceSession` on the CPU, which logs errors only.

    Args:
        model: an ONNX file, or its bytes.
        threads: CPU threads; None leaves it to onnxruntime.
        blocked: whether convolutions may run in its blocked layout, NCHWc; else by im2col.

    Raises:
        Exception: one of `REFUSALS`.
    """
    options = onnxruntime.SessionOptions()
    if not blocked:
        # The level below the one that changes layouts.
        level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
        options.graph_optimization_level = level
    options.log_severity_level = 3
    if threads is not None:
        options.intra_op_num_threads = threads
    # Its threads spin while they wait for work, which shortens a run by 2 ms of 10 on two cores.
    # After a run the cores belong to whoever reads, writes and answers: 1.5 ms less for an answer.
    options.add_session_config_entry("session.force_spinning_stop", "1")
    source = model if isinstance(model, bytes) else str(model)
    return onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])
