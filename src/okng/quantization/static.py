"""Static quantisation by onnxruntime: the one place that loads `onnxruntime.quantization`."""

import contextlib
import logging
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy.typing as npt
import onnx
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_static,
)

import okng.onnx_runtime  # noqa: F401 - ends the telemetry of onnxruntime

Feeds = Iterable[Mapping[str, npt.NDArray[Any]]]
"""Inputs of the graph by name, batch by batch."""


def quantized(model: onnx.ModelProto, feeds: Feeds, nodes: Sequence[str] = ()) -> onnx.ModelProto:
    """A graph whose convolutions and additions compute in INT8.

    Weights have 7 bits and a scale per channel: sums of two of their products with 8-bit
    activations then fit into 16 bits, so CPUs with and without VNNI compute the same
    (`reduce_range` in the documentation of onnxruntime).

    Args:
        model: in float32; it stays as it is.
        feeds: inputs that show the range of every activation.
        nodes: names of the nodes to quantise; all that can be, when left out.
    """
    copy = onnx.ModelProto()
    copy.CopyFrom(model)  # the quantiser changes the graph that it is given
    with tempfile.TemporaryDirectory(prefix="okng-int8-") as folder, _without_advice():
        path = Path(folder) / "int8.onnx"
        quantize_static(
            copy,
            path,
            _Reader(feeds),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            reduce_range=True,
            weight_type=QuantType.QInt8,
            activation_type=QuantType.QUInt8,
            calibrate_method=CalibrationMethod.MinMax,
            nodes_to_quantize=list(nodes) or None,
        )
        return onnx.load_model(path)


class _Reader(CalibrationDataReader):  # type: ignore[misc]
    """Gives the quantiser one batch after the other."""

    def __init__(self, feeds: Feeds) -> None:
        self._feeds = iter(feeds)

    def get_next(self) -> Mapping[str, npt.NDArray[Any]] | None:
        return next(self._feeds, None)


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
