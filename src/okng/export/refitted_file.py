"""The model file of a network whose classifier was fitted again: other constants, the same graph.

An export traces the whole network, which takes most of a minute on a busy line PC. What a refit
changes are a few tensors. Each is found in the graph of the champion by its value, in the forms in
which the exporter folds them. Where one is not found, nothing is guessed: the caller exports.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import onnx
from onnx import numpy_helper
from torch import Tensor

from okng.export.graph import InspectionGraph
from okng.export.onnx_file import fresh_metadata
from okng.modelfile import ModelFile, write
from okng.modelfile.reading import parse
from okng.training.artifacts import TrainedModel

Array = npt.NDArray[np.float32]
_HEAT = "heat.reference"
"""Name of the constant that heatmaps subtract; its value is not part of the network."""
_SMALLEST_GAP = 1e-6  # between two knots, as in `NoveltyDetector.forward`


class FittedTensors(NamedTuple):
    """What a refit changes in a model.

    Attributes:
        single: tensors that stand in the graph once, or more often, as they are.
        reference: float32 (F,), the reference of heatmaps, of which the graph holds segments.
    """

    single: tuple[Array, ...]
    reference: Array

    @classmethod
    def of(cls, model: TrainedModel) -> "FittedTensors | None":
        """A copy of the tensors of a model; None for a network without a linear classifier."""
        network = model.network.single_pass()
        classifier, reference = network.linear_classifier, network.reference
        if classifier is None or reference is None:
            return None
        single = [_copy(classifier.weight), _copy(classifier.bias)]
        detector = model.novelty
        if detector is not None:
            knots = _copy(detector.knots)
            gaps = (knots[1:] - knots[:-1]).clip(min=np.float32(_SMALLEST_GAP))
            single += [_copy(detector.centre), _copy(detector.axes), _copy(detector.excess)]
            single += [gaps, knots[:-1], knots[-1:]]
        return cls(tuple(single), _copy(reference))


def with_fitted(
    graph: onnx.ModelProto, before: FittedTensors, after: FittedTensors, heat: Array
) -> bool:
    """Put the tensors of a refit into the graph of its champion, in place.

    Args:
        graph: of the champion.
        before: tensors of the champion.
        after: those of the refit, in the same order.
        heat: float32 (outputs, h, w), mean heat of good parts.

    Returns:
        False where a tensor was not found: the graph is then not to be used.
    """
    constants = {t.name: t for t in graph.graph.initializer}
    values = {name: numpy_helper.to_array(t) for name, t in constants.items()}
    if _HEAT not in values or values[_HEAT].shape != heat.shape:
        return False
    if len(before.single) != len(after.single):
        return False
    changes = {_HEAT: heat}
    for old, new in zip(before.single, after.single, strict=True):
        own = dict(_equal(values, old, new))
        if not own or (old.size == 1 and len(own) > 1):  # one number may be many things
            return False
        changes |= own
    segments = _segments(values, before.reference, after.reference, set(changes))
    if segments is None:
        return False
    for name, value in (changes | segments).items():
        constants[name].CopyFrom(numpy_helper.from_array(value, name))
    return True


def write_refitted(
    champion: ModelFile,
    before: FittedTensors,
    model: TrainedModel,
    path: Path,
    *,
    dataset_digest: str,
    reference: npt.NDArray[np.uint8],
    depth: int,
) -> bool:
    """Write the model file of a refit, uncalibrated until it is sealed, as `export` does.

    Args:
        champion: file whose graph serves.
        before: tensors of the champion.
        model: the refit.
        path: where the .onnx file goes.
        dataset_digest: of the photos that it was fitted on.
        reference: uint8 (N, S, S, 3), photos of good parts.
        depth: bits that photos with more than 8 bits fill.

    Returns:
        False where the graph has other forms of the tensors: then nothing is written.
    """
    after = FittedTensors.of(model)
    if after is None:
        return False
    inspection = InspectionGraph(model).eval()
    inspection.fit_reference(reference)
    heat = inspection.heat.state_dict().get("reference")
    graph = parse(champion.data, path)
    if heat is None or not with_fitted(graph, before, after, _copy(heat)):
        return False
    write(graph, fresh_metadata(model, champion.metadata.name, dataset_digest, depth), path)
    return True


def _equal(values: dict[str, Array], old: Array, new: Array) -> Iterator[tuple[str, Array]]:
    """Constants that hold a tensor, as it is, in another shape, or transposed."""
    for name, value in values.items():
        if value.dtype != np.float32 or value.size != old.size:
            continue
        if np.array_equal(value.ravel(), old.ravel()):
            yield name, new.reshape(value.shape)
        elif value.ndim == 2 and value.shape == old.T.shape and np.array_equal(value, old.T):
            yield name, np.ascontiguousarray(new.T)


def _segments(
    values: dict[str, Array], old: Array, new: Array, taken: set[str]
) -> dict[str, Array] | None:
    """Constants (k, 1, 1) that hold neighbouring values of the reference.

    Returns:
        None where they do not make up the reference, each value of it once.
    """
    segments, covered = {}, np.zeros(old.size, dtype=np.int64)
    for name, value in values.items():
        if name in taken or value.dtype != np.float32 or value.ndim < 2 or value.size < 2:
            continue
        flat = value.ravel()
        if value.shape[0] != value.size or flat.size > old.size:
            continue
        for begin in np.flatnonzero(old[: old.size - flat.size + 1] == flat[0]):
            part = slice(begin, begin + flat.size)
            if np.array_equal(old[part], flat):
                segments[name] = new[part].reshape(value.shape)
                covered[part] += 1
                break
    return segments if (covered == 1).all() else None


def _copy(tensor: Tensor) -> Array:
    return np.array(tensor.detach().numpy(), dtype=np.float32, copy=True)
