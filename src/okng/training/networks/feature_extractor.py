"""Runs frozen layers of a network over many photos: through onnxruntime, or on a GPU.

On CPUs onnxruntime is three times as fast as torch (benchmarks/LOG.md), at the price of an export
that takes seconds. A GPU runs a copy of the network, in float32 throughout, so its features differ
from those of the CPU by the order of sums alone. Labels play no role here.
"""

import contextlib
import copy
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import onnx
import torch
from torch import Tensor, nn

from okng.onnx_runtime import open_graph
from okng.training.quantization.frozen_graph import frozen_graph
from okng.training.quantization.int8_trunk import INPUT, has_int8_trunk

_EXPORT_PAYS = 600
"""Photos from which on the export pays: it takes 6 s for EfficientNet-Lite0 and saves 10 ms per
photo; 2.5 s and 3.5 ms for ResNet-18 (benchmarks/training/LOG.md, 2026-11-28)."""
_AT_ONCE = 8
"""Photos of one run: maps of more do not fit into the caches of a CPU. EfficientNet-Lite0 at 192 px
took 4.8 ms a photo in batches of 32, 3.9 in batches of 8; in INT8 2.1 and 1.6
(benchmarks/training/LOG.md, 2026-11-29)."""

Extractor = Callable[[Tensor], Tensor]


class Embedded(NamedTuple):
    """Training photos as frozen layers embed them, for novelty detection.

    Attributes:
        values: float32 (N, F), upright photos in the order of training.
        run: gives the same of network inputs.
    """

    values: npt.NDArray[np.float32]
    run: Extractor


CPU = torch.device("cpu")


def best_device() -> torch.device:
    """The GPU where torch has one that it can use, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def extractor(
    network: nn.Module, example: Tensor, count: int, device: torch.device | None = None
) -> Extractor:
    """A function that maps photos to a network's output, by the fastest runtime of this machine.

    Args:
        network: on the CPU, in evaluation mode; takes and gives one float32 tensor, (N, ...) to
            (N, F). It stays where it is; the function may run a copy with its weights of now.
        example: two photos or more, to trace the network with.
        count: photos that the function will get in all.
        device: to run it on; `best_device` if left out.

    Returns:
        A function of float32 (N, ...) on the CPU, any N; its results are on the CPU.
    """
    device = device or (CPU if has_int8_trunk(network) else best_device())
    if device.type != "cpu":
        return _on_device(network, device)
    if count < _EXPORT_PAYS:
        return _plain(network)
    return _exported(network, example) or _plain(network)


def _on_device(network: nn.Module, device: torch.device) -> Extractor:
    """A copy of the network on another device; photos are copied there and results back."""
    moved = copy.deepcopy(network).to(device).to(memory_format=torch.channels_last)
    pinned = device.type == "cuda"

    @torch.no_grad()
    def run(photos: Tensor) -> Tensor:
        photos = photos.contiguous(memory_format=torch.channels_last)
        photos = photos.pin_memory() if pinned else photos  # the transfer overlaps with computation
        with torch.autocast(device.type, enabled=False), _exact():
            values: Tensor = moved(photos.to(device, non_blocking=pinned))
        return values.cpu()

    return run


def _exact() -> contextlib.AbstractContextManager[None]:
    """Deterministic convolutions in full float32: a GPU would take TensorFloat-32."""
    cudnn = torch.backends.cudnn
    flags: contextlib.AbstractContextManager[None] = cudnn.flags(
        enabled=cudnn.enabled, deterministic=True, allow_tf32=False
    )
    return flags


def _plain(network: nn.Module) -> Extractor:
    @torch.no_grad()
    def run(photos: Tensor) -> Tensor:
        values: Tensor = network(photos.contiguous(memory_format=torch.channels_last))
        return values

    return run


def _exported(network: nn.Module, example: Tensor) -> Extractor | None:
    """Through onnxruntime; None for a network that ONNX cannot express."""
    graph = frozen_graph(network, example)
    return None if graph is None else graph_extractor(graph)


def graph_extractor(graph: onnx.ModelProto) -> Extractor:
    """Runs a graph of `frozen_graph` in onnxruntime, as `extractor` would."""
    session = open_graph(graph.SerializeToString(), torch.get_num_threads())

    def run(photos: Tensor) -> Tensor:
        rows = [session.run(None, {INPUT: few.numpy()})[0] for few in torch.split(photos, _AT_ONCE)]
        return torch.from_numpy(rows[0] if len(rows) == 1 else np.concatenate(rows))

    return run
