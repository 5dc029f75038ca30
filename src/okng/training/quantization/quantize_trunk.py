"""Turns frozen layers into an INT8 graph."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from torch import Tensor, nn

from okng.quantization.static import quantized
from okng.training.quantization.frozen_graph import frozen_graph
from okng.training.quantization.int8_trunk import INPUT

Batches = Iterable[npt.NDArray[np.float32]]
"""Network inputs float32 (n, 3, S, S)."""


class TrunkGraphs(NamedTuple):
    """Frozen layers as ONNX files with the same inputs and outputs.

    Attributes:
        float32: as they were exported.
        int8: the same, quantised.
    """

    float32: bytes
    int8: bytes


def quantize_trunk(layers: nn.Module, example: Tensor, batches: Batches) -> TrunkGraphs | None:
    """An INT8 graph of frozen layers, see `okng.quantization.static`.

    Args:
        layers: in evaluation mode; network inputs (N, 3, S, S) -> maps (N, C, h, w).
        example: network inputs, to trace the layers with.
        batches: network inputs that show the range of every activation.

    Returns:
        Both graphs; None for layers that ONNX cannot express.
    """
    model = frozen_graph(layers, example)
    if model is None:
        return None
    int8 = quantized(model, ({INPUT: batch} for batch in batches))
    return TrunkGraphs(model.SerializeToString(), int8.SerializeToString())
