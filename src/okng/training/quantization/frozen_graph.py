"""Frozen layers as an ONNX graph of their own, for onnxruntime."""

import warnings

import onnx
import torch
from torch import Tensor, nn

from okng.modelfile import OPSET
from okng.training.quantization.inlining import inlined
from okng.training.quantization.int8_trunk import INPUT

_LARGEST_BATCH = 65_536  # photos; the exporter needs a bound, and no batch comes near it


def frozen_graph(layers: nn.Module, example: Tensor) -> onnx.ModelProto | None:
    """The graph of layers with one input, with the nodes of their INT8 layers in it.

    See `outer_graph`.
    """
    model = outer_graph(layers, example)
    return None if model is None else inlined(model, layers)


def outer_graph(layers: nn.Module, example: Tensor) -> onnx.ModelProto | None:
    """The graph of layers with one input, with a placeholder for each of their `Int8Trunk`.

    Args:
        layers: on the CPU, in evaluation mode.
        example: float32 (N, ...), two rows or more, to trace the layers with.

    Returns:
        A graph of the input `photos`, any N; None for layers that ONNX cannot express.
    """
    batch = torch.export.Dim("N", min=1, max=_LARGEST_BATCH)
    try:
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")
            program = torch.onnx.export(
                layers,
                (example,),
                dynamo=True,
                verbose=False,
                input_names=[INPUT],
                dynamic_shapes=({0: batch},),
                opset_version=OPSET,
                external_data=False,
            )
    except torch.onnx.OnnxExporterError:
        return None
    return None if program is None else program.model_proto
