"""Runs the untouched layers of a network over many photos, through onnxruntime.

On CPUs this is three times as fast as torch (benchmarks/LOG.md), at the price of an export that
takes seconds. It knows nothing about labels.
"""

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING

import onnxruntime
import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_WORTH_IT = 1500
"""Photos from which on the export is made up for."""

Extractor = Callable[[Tensor], Tensor]


def extractor(network: nn.Module, example: Tensor, count: int) -> Extractor:
    """A function that maps photos to what a network says of them, as quick as can be had here.

    Args:
        network: in evaluation mode; takes and gives one float32 tensor, (N, ...) to (N, F).
        example: two photos or more.
        count: photos that will be asked for.

    Returns:
        A function of float32 (N, ...), any N.
    """
    if count < _WORTH_IT or example.device.type != "cpu":
        return _plain(network)
    return _exported(network, example) or _plain(network)


def _plain(network: nn.Module) -> Extractor:
    @torch.no_grad()
    def run(photos: Tensor) -> Tensor:
        values: Tensor = network(photos.contiguous(memory_format=torch.channels_last))
        return values

    return run


def _exported(network: nn.Module, example: Tensor) -> Extractor | None:
    """The same through onnxruntime, or None for a network that ONNX cannot express."""
    batch = torch.export.Dim("N", min=1, max=4096)
    try:
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")
            program = torch.onnx.export(
                network, (example,), dynamo=True, verbose=False, input_names=["photos"],
                output_names=["values"], dynamic_shapes=({0: batch},), external_data=False,
            )  # fmt: skip
    except torch.onnx.OnnxExporterError:
        return None
    if program is None:
        return None
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = torch.get_num_threads()
    session = onnxruntime.InferenceSession(
        program.model_proto.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )

    def run(photos: Tensor) -> Tensor:
        values: npt.NDArray[np.float32] = session.run(None, {"photos": photos.numpy()})[0]
        return torch.from_numpy(values)

    return run
