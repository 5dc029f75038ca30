"""Frozen layers as an INT8 graph of onnxruntime, inside a network of torch.

torch and onnxruntime round INT8 products differently, so features for the classifier come from the
very graph that the line runs: in training through a session, in an export as the same nodes.
"""

from typing import Any

import numpy as np
import onnx
import torch
from torch import Tensor, nn

from okng.onnx_runtime import open_graph

DOMAIN, OPERATOR = "okng", "Int8Trunk"
"""Name of the node that stands for the graph during an export, see `inlining`."""
INPUT = "photos"


class Int8Trunk(nn.Module):
    """Network inputs (N, 3, S, S) -> maps (N, C, h, w) of each depth, by an INT8 graph.

    The graph is part of the network's state: saved files hold it beside the weights.

    Args:
        graph: an ONNX file; empty until a saved state is loaded.
    """

    def __init__(self, graph: bytes = b"") -> None:
        super().__init__()
        self.graph = b""
        self.shapes: list[tuple[int, ...]] = []
        self._session: Any = None
        if graph:
            self._open(graph)

    def forward(self, photos: Tensor) -> list[Tensor]:
        """Maps (N, C, h, w) of network inputs (N, 3, S, S), float32."""
        if torch.onnx.is_in_onnx_export():
            return self._placeholder(photos)
        values = self._session.run(None, {INPUT: photos.contiguous().numpy()})
        return [torch.from_numpy(maps) for maps in values]

    def _placeholder(self, photos: Tensor) -> list[Tensor]:
        """One node in place of the graph: torch cannot express it."""
        return list(
            torch.onnx.ops.symbolic_multi_out(
                f"{DOMAIN}::{OPERATOR}",
                (photos,),
                dtypes=[torch.float32] * len(self.shapes),
                shapes=[(photos.shape[0], *shape) for shape in self.shapes],
                version=1,
            )
        )

    def get_extra_state(self) -> Tensor:
        """The graph as uint8 (bytes,)."""
        return torch.from_numpy(np.frombuffer(self.graph, np.uint8).copy())

    def set_extra_state(self, state: Tensor) -> None:
        """Open the graph of a saved state, uint8 (bytes,)."""
        self._open(state.numpy().tobytes())

    def _open(self, graph: bytes) -> None:
        self.graph = graph
        self.shapes = [_shape(output) for output in onnx.load_from_string(graph).graph.output]
        self._session = open_graph(graph, torch.get_num_threads())

    def __deepcopy__(self, memo: object) -> "Int8Trunk":
        return Int8Trunk(self.graph)  # a session cannot be copied


def _shape(output: onnx.ValueInfoProto) -> tuple[int, ...]:
    """Channels, height and width of a map."""
    return tuple(size.dim_value for size in output.type.tensor_type.shape.dim[1:])


def has_int8_trunk(network: nn.Module) -> bool:
    """Whether some of its layers are an INT8 graph, which runs on the CPU alone."""
    return any(isinstance(module, Int8Trunk) for module in network.modules())
