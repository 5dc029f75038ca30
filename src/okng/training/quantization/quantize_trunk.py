"""Turns frozen layers into an INT8 graph: static quantisation by onnxruntime."""

import contextlib
import logging
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_static,
)
from torch import Tensor, nn

from okng.training.quantization.frozen_graph import frozen_graph
from okng.training.quantization.int8_trunk import INPUT

Batches = Iterable[npt.NDArray[np.float32]]
"""Network inputs float32 (n, 3, S, S)."""


def quantize_trunk(layers: nn.Module, example: Tensor, batches: Batches) -> bytes | None:
    """An INT8 graph of frozen layers.

    Weights have 7 bits and a scale per channel: sums of two of their products with 8-bit
    activations then fit into 16 bits, so CPUs with and without VNNI compute the same
    (`reduce_range` in the documentation of onnxruntime).

    Args:
        layers: in evaluation mode; network inputs (N, 3, S, S) -> maps (N, C, h, w).
        example: network inputs, to trace the layers with.
        batches: network inputs that show the range of every activation.

    Returns:
        The ONNX file; None for layers that ONNX cannot express.
    """
    model = frozen_graph(layers, example)
    if model is None:
        return None
    with tempfile.TemporaryDirectory(prefix="okng-int8-") as folder, _without_advice():
        path = Path(folder) / "int8.onnx"
        quantize_static(
            model,
            path,
            _Reader(batches),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            reduce_range=True,
            weight_type=QuantType.QInt8,
            activation_type=QuantType.QUInt8,
            calibrate_method=CalibrationMethod.MinMax,
        )
        return path.read_bytes()


class _Reader(CalibrationDataReader):  # type: ignore[misc]
    """Gives the quantiser one batch after the other."""

    def __init__(self, batches: Batches) -> None:
        self._batches: Iterator[npt.NDArray[np.float32]] = iter(batches)

    def get_next(self) -> dict[str, npt.NDArray[np.float32]] | None:
        batch = next(self._batches, None)
        return None if batch is None else {INPUT: batch}


@contextlib.contextmanager
def _without_advice() -> Iterator[None]:
    """The quantiser logs advice for its developers on the root logger, and on it alone."""
    root = logging.getLogger()
    root.addFilter(_nothing)
    try:
        yield
    finally:
        root.removeFilter(_nothing)


def _nothing(record: logging.LogRecord) -> bool:  # noqa: ARG001 - a filter of `logging`
    return False
