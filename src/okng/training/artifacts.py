"""The four .pth files of a run. All of them load with `torch.load(..., weights_only=True)`."""

import io
from pathlib import Path
from pickle import UnpicklingError
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from okng.error_codes import Code
from okng.errors import TrainingError
from okng.files import write_atomic
from okng.modelfile import InputRules
from okng.runs.layout import ModelsFolder
from okng.training.networks.architecture import Architecture
from okng.training.networks.layers.local_contrast import OLD_FLOOR
from okng.training.networks.protocol import InspectionNetwork
from okng.training.networks.registry import build
from okng.training.novelty.mahalanobis import NoveltyDetector

_AS_BEFORE = {"floor": OLD_FLOOR, "whole_levels": False}
"""Values of fields that files from before these fields do not have."""


class TrainedModel(NamedTuple):
    """A trained network with everything needed to use it.

    Attributes:
        network: with its best weights, in evaluation mode.
        architecture: what `network` was built from.
        rules: what it expects of a photo.
        classes: names in the order of the outputs; the OK class, if any, is first.
        ok_class: name of the OK class, or None.
        source: of the weights that training started from.
        licence: licence of those weights.
        novelty: detector of photos unlike the training photos; None with too few parts.
    """

    network: InspectionNetwork
    architecture: Architecture
    rules: InputRules
    classes: tuple[str, ...]
    ok_class: str | None
    source: str
    licence: str
    novelty: NoveltyDetector | None = None


def save(values: Any, path: Path) -> None:
    """Write tensors and plain values with torch.save, whole or not at all."""
    buffer = io.BytesIO()
    torch.save(values, buffer)
    write_atomic(path, buffer.getvalue())


def load(path: Path) -> Any:
    """Read what `save` wrote, without ever running code from the file.

    Raises:
        TrainingError: the file is not there or damaged.
    """
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, ValueError, LookupError, EOFError, UnpicklingError) as exc:
        raise TrainingError(
            f"The file cannot be read: {str(exc).splitlines()[0] if str(exc) else exc!r}",
            where=path,
            hint="Train again without `resume`, into another folder.",
            code=Code.RUN_DAMAGED,
        ) from exc


def save_full(model: TrainedModel, path: Path) -> None:
    """Write architecture settings and weights of a model as `full_model.pth`."""
    values = {
        "architecture": model.architecture.model_dump(mode="json", by_alias=True),
        "rules": model.rules.model_dump(mode="json"),
        "classes": list(model.classes),
        "ok_class": model.ok_class,
        "source": model.source,
        "licence": model.licence,
        "state_dict": weights_of(model.network),
        "familiarity": None if model.novelty is None else weights_of(model.novelty),
    }
    save(values, path)


def load_full(path: Path) -> TrainedModel:
    """Rebuild the network of a `full_model.pth` with its weights, in evaluation mode.

    Raises:
        TrainingError: the file is not there or damaged.
    """
    values = load(path)
    architecture = Architecture.model_validate(_AS_BEFORE | values["architecture"])
    network = build(architecture)
    network.load_state_dict(values["state_dict"])
    detector = values.get("familiarity")
    return TrainedModel(
        network.eval(),
        architecture,
        InputRules.model_validate(values["rules"]),
        tuple(values["classes"]),
        values["ok_class"],
        values["source"],
        values["licence"],
        None if detector is None else NoveltyDetector.restore(detector),
    )


def save_out_of_fold(logits: Tensor, run: Path) -> None:
    """Write logits float32 (N, outputs) as `load_out_of_fold` reads them."""
    save({"logits": logits}, ModelsFolder(run).out_of_fold)


def load_out_of_fold(run: Path) -> Tensor | None:
    """Logits float32 (N, outputs) of training photos, then validation photos, out of fold.

    Returns:
        None where the classifier did not come from folds.
    """
    path = ModelsFolder(run).out_of_fold
    if not path.exists():
        return None
    logits: Tensor = load(path)["logits"]
    return logits


def weights_of(network: nn.Module) -> dict[str, Tensor]:
    """A copy of all parameters and buffers, on the CPU."""
    return {name: tensor.detach().cpu().clone() for name, tensor in network.state_dict().items()}
