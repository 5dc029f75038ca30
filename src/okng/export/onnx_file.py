"""Writes the model file of a trained network, uncalibrated until it is sealed."""

import contextlib
import io
import logging
import platform
import warnings
from collections import Counter
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import torch
from torch.export import Dim

from okng.error_codes import Code
from okng.errors import TrainingError
from okng.export.graph import InspectionGraph
from okng.modelfile import OPSET, Calibration, Metadata, needed_constants, write
from okng.preprocess import FULL_DEPTH
from okng.training.artifacts import TrainedModel
from okng.training.error_mapping import too_little_memory
from okng.training.quantization.inlining import inlined
from okng.verdict import OperatingPoint, float32_threshold

_LARGEST_SIDE = 65_535  # pixels, the limit of JPEG
_OUTPUTS = ("probabilities", "defect_score", "heatmap", "evidence", "unfamiliarity")


def export(
    model: TrainedModel,
    path: Path,
    *,
    name: str,
    dataset_digest: str,
    reference: npt.NDArray[np.uint8] | None = None,
    depth: int = FULL_DEPTH,
) -> InspectionGraph:
    """Export a trained network as a model file.

    Args:
        model: the network and what it expects.
        path: where the .onnx file goes.
        name: of the inspector, shown by `okng info`.
        dataset_digest: of the photos it was trained from.
        reference: uint8 (N, S, S, 3), photos of good parts, see `reference_photos`: their mean
            heat is subtracted from heatmaps. None subtracts nothing.
        depth: bits that photos with more than 8 of them fill.

    Returns:
        The same graph in torch, for the parity check.

    Raises:
        TrainingError: torch cannot express the network in ONNX.
    """
    graph = InspectionGraph(model).eval()
    if reference is not None:
        graph.fit_reference(reference)
    metadata = fresh_metadata(model, name, dataset_digest, depth)
    _mark_constants(graph)
    exported = _to_onnx(graph, model)
    _check_constants(exported.graph, needed_constants(metadata))
    write(exported, metadata, path)
    follow(graph, metadata)
    return graph


def follow(graph: InspectionGraph, metadata: Metadata) -> None:
    """Set the constants of a model file in its network in torch."""
    graph.calibration_scale.fill_(metadata.calibration.scale)
    graph.calibration_bias.copy_(torch.tensor(metadata.calibration.bias))
    graph.threshold.fill_(float(float32_threshold(metadata.operating_point.threshold)))


def _mark_constants(graph: InspectionGraph) -> None:
    """Give the constants values that nothing else in the graph has.

    The exporter merges tensors that are equal, and a scale of 1 equals many: sealing another scale
    would then change the resize as well.
    """
    graph.calibration_scale.fill_(1.0937218)
    graph.calibration_bias.copy_(0.0173219 + 0.0391733 * torch.arange(len(graph.calibration_bias)))
    graph.threshold.fill_(0.4817263)


def _check_constants(graph: onnx.GraphProto, needed: tuple[str, ...]) -> None:
    uses = Counter(name for node in graph.node for name in node.input)
    wrong = [name for name in needed if uses[name] != 1]
    if wrong:
        raise TrainingError(
            f"The exported graph uses {', '.join(wrong)} elsewhere than meant",
            where="export",
            hint="Please report the network and the versions.",
            code=Code.NETWORK_EXPORT,
        )


def _to_onnx(graph: InspectionGraph, model: TrainedModel) -> onnx.ModelProto:
    size = model.rules.image_size
    example = torch.zeros(3, size + 5, size + 11, 3, dtype=torch.uint8)
    dimensions = {
        0: Dim("N", min=1, max=4096),
        1: Dim("H", min=2, max=_LARGEST_SIDE),
        2: Dim("W", min=2, max=_LARGEST_SIDE),
    }
    try:
        with _quiet(), torch.no_grad():
            program = torch.onnx.export(
                graph,
                (example,),
                dynamo=True,
                input_names=["photo"],
                output_names=list(_OUTPUTS[: 4 if model.novelty is None else 5]),
                dynamic_shapes={"photo": dimensions},
                opset_version=OPSET,
                external_data=False,
                verbose=False,
            )
    except torch.onnx.OnnxExporterError as exc:
        raise too_little_memory(exc) or TrainingError(
            f"The network {model.architecture.settings.name} cannot be exported to ONNX",
            where=str(exc.__cause__ or exc).splitlines()[0],
            hint="Take another network; efficientnet_lite0, resnet18 and cnn are known to work.",
            code=Code.NETWORK_EXPORT,
        ) from exc
    if program is None:
        raise TrainingError(
            "torch.onnx gave no program",
            where="export",
            hint="Report this.",
            code=Code.NETWORK_EXPORT,
        )
    return _without_traces(inlined(program.model_proto, graph))


def _without_traces(model: onnx.ModelProto) -> onnx.ModelProto:
    """The graph without the exporter's notes: paths of the training machine, in every node.

    In a small model these were 159 of 234 kB.
    """
    for node in (*model.graph.node, *(n for function in model.functions for n in function.node)):
        del node.metadata_props[:]
    return model


def fresh_metadata(model: TrainedModel, name: str, dataset_digest: str, depth: int) -> Metadata:
    """The metadata of a model file that has neither calibration nor operating point yet."""
    return Metadata(
        name=name,
        classes=model.classes,
        ok_class=model.ok_class,
        operating_point=OperatingPoint(threshold=0.5, policy="not chosen yet"),
        calibration=Calibration.identity(len(model.classes)),
        input=model.rules.model_copy(update={"depth": depth}),
        dataset_digest=dataset_digest,
        backbone=model.architecture.settings.name,
        tiles=model.architecture.settings.tiles,
        looks=len(model.architecture.orientations),
        precision="int8" if model.architecture.int8 else "float32",
        weights=model.source,
        weights_licence=model.licence,
        versions={
            "okng": version("okng"),
            "torch": torch.__version__,
            "onnx": onnx.__version__,
            "python": platform.python_version(),
        },
    )


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Silence what the exporter logs and prints: it is written for its developers."""
    loggers = [logging.getLogger(name) for name in ("torch.onnx", "onnxscript", "onnx_ir")]
    levels = [log.level for log in loggers]
    for log in loggers:
        log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        for log, level in zip(loggers, levels, strict=True):
            log.setLevel(level)
