"""Decompositions of operators that ONNX lacks into operators that it has."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from okng.error_codes import Code
from okng.errors import TrainingError


def decompositions() -> dict[Any, Callable[..., Any]]:
    """Torch's decompositions of core operators, and two for the backward pass of some heads."""
    known = torch._decomp.core_aten_decompositions()  # noqa: SLF001 - its only name
    table: dict[Any, Callable[..., Any]] = {name: known[name] for name in known}
    table[torch.ops.aten.as_strided_scatter.default] = _as_strided_scatter
    table[torch.ops.aten.convolution_backward.default] = _convolution_backward
    return table


def _as_strided_scatter(
    base: Tensor, source: Tensor, size: Any, stride: Any, offset: Any = 0
) -> Tensor:
    """The backward of a flatten after a permute: `source` fills all of `base`, only reshaped.

    Raises:
        TrainingError: `source` does not fill `base`, so that more than a reshape is needed.
    """
    if offset != 0 or base.numel() != source.numel():
        raise TrainingError(
            "The head of this network scatters its gradient, which a model file cannot express",
            where=f"as_strided_scatter to {tuple(size)} with strides {tuple(stride)}",
            hint="Take another network; efficientnet_lite0, resnet18 and cnn are known to work.",
            code=Code.NETWORK_EXPORT,
        )
    return source.reshape(base.shape)


def _convolution_backward(
    gradient: Tensor,
    _maps: Tensor,
    weight: Tensor,
    _bias_sizes: Any,
    stride: list[int],
    padding: list[int],
    dilation: list[int],
    transposed: bool,
    output_padding: list[int],
    groups: int,
    output_mask: list[bool],
) -> tuple[Tensor, None, None]:
    """The backward of a convolution within a head, towards the maps alone.

    Raises:
        TrainingError: it has strides, is transposed, or its weights are asked for as well.
    """
    if transposed or output_mask[1:] != [False, False] or set(stride) != {1}:
        raise TrainingError(
            "The head of this network has a convolution that a model file cannot run backwards",
            where=f"stride {stride}, transposed {transposed}",
            hint="Take another network; efficientnet_lite0, resnet18 and cnn are known to work.",
            code=Code.NETWORK_EXPORT,
        )
    output = torch.ops.aten.convolution.default(
        gradient, weight, None, stride, padding, dilation, True, output_padding, groups
    )
    return output, None, None
