"""INT8 layers in a network of torch, and the same nodes in its exports."""

import copy
import io

import numpy as np
import onnx
import pytest
import torch
from torch import Tensor, nn

from okng.onnx_runtime import open_graph
from okng.training.quantization.frozen_graph import frozen_graph
from okng.training.quantization.int8_trunk import Int8Trunk, has_int8_trunk
from okng.training.quantization.quantize_trunk import quantize_trunk


class Layers(nn.Module):
    """Two depths of maps."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 8, 3, stride=2, padding=1)
        self.second = nn.Conv2d(8, 6, 3, stride=2, padding=1)

    def forward(self, photos: Tensor) -> tuple[Tensor, Tensor]:
        """Maps of both depths."""
        shallow = torch.relu(self.first(photos))
        return shallow, torch.relu(self.second(shallow))


class Whole(nn.Module):
    """A network around INT8 layers, used twice."""

    def __init__(self, trunk: Int8Trunk) -> None:
        super().__init__()
        self.trunk = trunk

    def forward(self, photos: Tensor) -> Tensor:
        """Means of all maps, (N, 28)."""
        maps = [*self.trunk(photos), *self.trunk(photos.flip(-1))]
        return torch.cat([level.mean((2, 3)) for level in maps], 1)


PHOTOS = torch.rand(6, 3, 32, 32, generator=torch.Generator().manual_seed(0))


@pytest.fixture(scope="module")
def layers() -> Layers:
    """Layers with random weights."""
    torch.manual_seed(0)
    return Layers().eval()


@pytest.fixture(scope="module")
def trunk(layers: Layers) -> Int8Trunk:
    """The same layers in INT8."""
    graphs = quantize_trunk(layers, PHOTOS[:2], iter([PHOTOS.numpy()]))
    assert graphs is not None
    return Int8Trunk(graphs.int8)


@torch.no_grad()
def test_maps_are_those_of_the_layers_but_for_rounding(layers: Layers, trunk: Int8Trunk) -> None:
    """Within two steps of 8 bits, and not equal."""
    for maps, exact in zip(trunk(PHOTOS), layers(PHOTOS), strict=True):
        assert maps.shape == exact.shape
        apart = (maps - exact).abs().max()
        assert 0 < apart < 0.03 * exact.max()


def test_weights_have_seven_bits(trunk: Int8Trunk) -> None:
    """So that sums of two products fit into 16 bits on a CPU without VNNI."""
    graph = onnx.load_from_string(trunk.graph).graph
    kernels = [
        onnx.numpy_helper.to_array(tensor)
        for tensor in graph.initializer
        if tensor.data_type == onnx.TensorProto.INT8 and len(tensor.dims) == 4
    ]
    assert len(kernels) == 2
    assert all(kernel.min() >= -64 and kernel.max() <= 64 for kernel in kernels)


@torch.no_grad()
def test_an_export_has_the_same_nodes(trunk: Int8Trunk) -> None:
    """Each use of the layers becomes INT8 nodes, and the graph gives what torch gives."""
    whole = Whole(trunk).eval()
    graph = frozen_graph(whole, PHOTOS[:2])
    assert graph is not None
    assert {node.domain for node in graph.graph.node} == {""}
    given = open_graph(graph.SerializeToString()).run(None, {"photos": PHOTOS.numpy()})[0]

    assert np.allclose(given, whole(PHOTOS).numpy(), atol=1e-6)


@torch.no_grad()
def test_a_saved_state_brings_the_graph_back(trunk: Int8Trunk) -> None:
    """`torch.load` with `weights_only`, into a network whose trunk is empty."""
    file = io.BytesIO()
    torch.save(Whole(trunk).state_dict(), file)
    file.seek(0)
    again = Whole(Int8Trunk())
    again.load_state_dict(torch.load(file, weights_only=True))

    assert torch.equal(again(PHOTOS), Whole(trunk)(PHOTOS))


@torch.no_grad()
def test_a_copy_computes_the_same(trunk: Int8Trunk) -> None:
    """A session cannot be copied, the graph can."""
    assert torch.equal(copy.deepcopy(trunk)(PHOTOS)[1], trunk(PHOTOS)[1])


@torch.no_grad()
def test_the_batch_changes_nothing(trunk: Int8Trunk) -> None:
    """A photo alone has the maps that it has among others, to the last bit."""
    together = trunk(PHOTOS)[1]

    assert torch.equal(torch.cat([trunk(photo[None])[1] for photo in PHOTOS]), together)


def test_layers_in_int8_are_found(layers: Layers, trunk: Int8Trunk) -> None:
    """Wherever they are in a network."""
    assert has_int8_trunk(nn.Sequential(Whole(trunk)))
    assert not has_int8_trunk(layers)
