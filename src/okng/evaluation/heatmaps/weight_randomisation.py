"""The sanity check of Adebayo et al. (2018): a heatmap must change when the weights are shuffled.

If it does not, it shows the photo, as an edge detector would, and not what was learned.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import onnx.numpy_helper
from scipy import stats

from okng import modelfile
from okng.evaluation.heatmaps.true_positives import Hit, drawn
from okng.evaluation.results.trust import Randomised
from okng.inference import Inspector, Photo
from okng.modelfile.graph import ancestors
from okng.verdict import OperatingPoint

LAYERS = 3
LIMIT = 0.5
"""Rank correlation from which on a heatmap counts as unmoved; our choice, the paper names none."""
_WITH_WEIGHTS = {"Conv", "Gemm", "MatMul"}
Floats = npt.NDArray[np.float32]


def randomise(model_file: Path, hits: Sequence[Hit], *, draws: int = 3) -> Randomised | None:
    """Shuffle the weights of the last layers of the file and compare the heatmaps.

    Args:
        model_file: the file; it is not touched.
        hits: with photos and heatmaps.
        draws: how often the weights are shuffled anew.

    Returns:
        The mean correlation is over all draws and leaves flat heatmaps out. None where the file has
        no weights that can be named.
    """
    file = modelfile.read(model_file)
    layers = last_layers(onnx.load_model_from_string(file.data).graph, LAYERS)
    if not layers:
        return None
    photos = [hit.photo for hit in hits]
    alike: list[float] = []
    for seed in range(draws):
        shuffled = _heatmaps(file, layers, photos, seed)
        pairs = zip(hits, shuffled, strict=True)
        alike += [_correlation(h.heatmap, other) for h, other in pairs if other.max() > other.min()]
    return Randomised(
        layers=tuple(layers),
        correlation=float(np.mean(alike)) if alike else 0.0,
        limit=LIMIT,
        flat=1 - len(alike) / (draws * len(hits)),
    )


def _heatmaps(
    file: modelfile.ModelFile, layers: Sequence[str], photos: Sequence[Photo], seed: int
) -> list[Floats]:
    """Heatmaps of a file whose layers were shuffled."""
    model = onnx.load_model_from_string(file.data)
    shuffle(model.graph, layers, seed)
    # A threshold of 0 keeps the question: where does it see a defect? Not: where is it good?
    asked = {"operating_point": OperatingPoint(threshold=0.0, policy="randomised weights")}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "shuffled.onnx"
        modelfile.write(model, file.metadata.model_copy(update=asked), path)
        verdicts = Inspector(path)(list(photos), heatmap=True)
    return [shown for verdict in verdicts if (shown := drawn(verdict)) is not None]


def last_layers(graph: onnx.GraphProto, count: int) -> list[str]:
    """Names of the weights of the last convolutions and linear layers before the score."""
    # biases and scales are no weights in this sense
    weights = {t.name for t in graph.initializer if len(t.dims) >= 2 and np.prod(t.dims) > 1}
    # layers that the score depends on, not those of the heatmap
    before = ancestors(graph, ["defect_score"])
    stored = {n.output[0]: n.input[0] for n in graph.node if n.op_type == "DequantizeLinear"}
    names: list[str] = []
    for node in graph.node:
        if node.op_type in _WITH_WEIGHTS and node.output[0] in before:
            given = [stored.get(name, name) for name in node.input]  # INT8 weights as stored
            names += [name for name in given if name in weights and name not in names]
    return names[-count:]


def shuffle(graph: onnx.GraphProto, names: Sequence[str], seed: int) -> None:
    """Shuffle the values of weights in place, and of their copies alike.

    The gradient that Grad-CAM needs may have a copy of its own, transposed or not.
    """
    rng = np.random.default_rng(seed)
    arrays = {t.name: onnx.numpy_helper.to_array(t) for t in graph.initializer if len(t.dims) >= 2}
    changed: dict[str, Floats] = {}
    for name in names:
        weights = arrays[name]
        mixed = rng.permutation(weights.ravel()).reshape(weights.shape)
        changed[name] = mixed
        for other, values in arrays.items():
            # The heatmap may hold the same weights once more, transposed: they are shuffled alike.
            if other in names or values.size != weights.size:
                continue
            if np.array_equal(values.ravel(), weights.ravel()):
                changed[other] = mixed.reshape(values.shape)
            elif values.ndim == weights.ndim == 2 and np.array_equal(values, weights.T):
                changed[other] = np.ascontiguousarray(mixed.T)
    for tensor in graph.initializer:
        if tensor.name in changed:
            tensor.CopyFrom(onnx.numpy_helper.from_array(changed[tensor.name], tensor.name))


def _correlation(a: Floats, b: Floats) -> float:
    """Spearman's rank correlation of two heatmaps, neither the same everywhere."""
    return float(stats.spearmanr(a.ravel(), b.ravel()).statistic)
