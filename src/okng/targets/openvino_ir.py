"""A model file as OpenVINO IR, with the metadata that OpenVINO Model API reads."""

import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from okng.error_codes import Code
from okng.errors import ConfigError, ModelFileError
from okng.files import write_error
from okng.modelfile import KEY, Metadata, ModelFile
from okng.modelfile.sealing import model_info
from okng.privacy import load_openvino

_APART = 1e-6
"""Largest difference of a value: the same engine runs both, so it should be 0."""
_TRIAL = (2, 24, 40, 3)  # photos, height, width, channels


def write_openvino(file: ModelFile, folder: Path, name: str) -> tuple[Path, Path]:
    """Write NAME.xml and NAME.bin, and check them against the model file.

    The graph is the whole one: uint8 photos of any size in, calibrated probabilities, score,
    heatmap and unfamiliarity out, weights in float32. Model API finds task, labels and threshold
    under `model_info`; okng's own metadata are under `okng`, with the digest of the model file.

    Args:
        file: read and checked.
        folder: gets both files; it is made where it is missing.
        name: of both files, without suffix.

    Raises:
        ConfigError: OpenVINO is not installed.
        ModelFileError: OpenVINO refuses the graph, or the files give other results.
        OkngError: the files cannot be written.
    """
    openvino = _openvino()
    core = openvino.Core()
    try:
        model = core.read_model(file.data)
        _describe(openvino, model, file)
        return _written(openvino, core, model, file, folder, name)
    except RuntimeError as exc:
        raise ModelFileError(
            f"OpenVINO refuses the model: {str(exc).splitlines()[0]}", code=Code.MODEL_NO_RESULTS
        ) from exc


def _openvino() -> Any:
    try:
        return load_openvino()
    except ModuleNotFoundError as exc:
        raise ConfigError(
            "OpenVINO is not installed",
            where="`to` openvino",
            hint="pip install 'okng[openvino]'",
            code=Code.LIBRARY_MISSING,
        ) from exc


def _describe(openvino: Any, model: Any, file: ModelFile) -> None:
    metadata: Metadata = file.metadata
    for key, value in model_info(metadata).items():
        model.set_rt_info(value, ["model_info", key])
    model.set_rt_info(metadata.model_dump_json(exclude={"traces"}), [KEY, "metadata"])
    model.set_rt_info(file.digest, [KEY, "model_digest"])
    model.inputs[0].node.layout = openvino.Layout("NHWC")


def _written(
    openvino: Any, core: Any, model: Any, file: ModelFile, folder: Path, name: str
) -> tuple[Path, Path]:
    """Both files, which get their names only after the check."""
    names = f"{name}.xml", f"{name}.bin"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=f".{name[:20]}.") as temporary:
            made = Path(temporary) / names[0]
            openvino.save_model(model, made, compress_to_fp16=False)
            _check(core, file, made)
            for each in reversed(names):  # the .xml last: it names the other
                os.replace(made.with_name(each), folder / each)  # noqa: PTH105 - atomic
    except OSError as exc:
        raise write_error(exc, folder / names[0]) from exc
    return folder / names[0], folder / names[1]


def _check(core: Any, file: ModelFile, made: Path) -> None:
    """Both give the same on two photos of noise.

    Raises:
        ModelFileError: they do not.
    """
    photos = np.random.default_rng(0).integers(0, 256, _TRIAL, dtype=np.uint8)
    settings = {"INFERENCE_PRECISION_HINT": "f32"}  # as `okng.inference.sessions`
    first, second = (
        core.compile_model(core.read_model(source), "CPU", settings)({"photo": photos})
        for source in (file.data, made)
    )
    apart = max(float(np.abs(first[i] - second[i]).max()) for i in range(len(first)))
    if not apart <= _APART:
        raise ModelFileError(
            f"The exported files give other results than the model file, by {apart:.2g}",
            allowed=_APART,
            hint="Do not use them. Please report the network and the versions.",
            code=Code.EXPORT_DISAGREES,
        )
