"""Turns frozen layers into an INT8 graph."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from torch import Tensor, nn

from okng.quantization.static import quantized
from okng.training.quantization.frozen_graph import frozen_graph
from okng.training.quantization.int8_trunk import INPUT

Batches = Iterable[npt.NDArray[np.float32]]
"""Network inputs float32 (n, 3, S, S)."""


def quantize_trunk(layers: nn.Module, example: Tensor, batches: Batches) -> bytes | None:
    """An INT8 graph of frozen layers, see `okng.quantization.static`.

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
    data: bytes = quantized(model, ({INPUT: batch} for batch in batches)).SerializeToString()
    return data
