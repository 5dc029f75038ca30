"""`quantize`: a finished model file in INT8, where no verdict changes."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from okng import modelfile
from okng.error_codes import Code
from okng.errors import ConfigError, DatasetError, ModelFileError
from okng.events import Progress, watched
from okng.inference.frames import Frame, read
from okng.inference.paths import find_named
from okng.modelfile import ModelFile
from okng.modelfile.signing import signer
from okng.quantization.result import QuantizationResult
from okng.quantization.search import quantized_file

FEWEST = 20
"""Photos below which the ranges of activations, and equal verdicts, mean nothing."""
MOST_MOVE = 0.02  # of a defect score, where nothing else was asked for


class QuantizedFile(NamedTuple):
    """What came of a quantisation.

    Attributes:
        result: of the gate.
        path: of the file in INT8; None where it was refused.
    """

    result: QuantizationResult
    path: Path | None


def quantize(
    model: Path | str,
    calibrate: Path | str | Iterable[Path | str],
    *,
    out: Path | str | None = None,
    most_move: float = MOST_MOVE,
    key: Path | str | None = None,
    progress: Progress | bool | None = None,
) -> QuantizedFile:
    """Quantise the layers of a model file, unless a verdict would change.

    A classifier that was fitted on float32 layers meets others here. Where the layers are frozen,
    a training with `training.precision` int8 loses less: its classifier is fitted on them.

    Args:
        model: the model file, or the folder of its run.
        calibrate: photos as the line sees them that the model was not trained on, 20 or more:
            files, folders or patterns.
        out: the file in INT8; beside the model, as `NAME-int8.onnx`, when left out.
        most_move: largest difference of a defect score that is accepted, in (0, 1].
        key: private key that signs the file in INT8.
        progress: receives the progress; None shows it on stderr, False shows nothing.

    Raises:
        ConfigError: `most_move` is out of range, or the key cannot be read.
        DatasetError: fewer than 20 photos can be read.
        ModelFileError: the file is not a model file of okng, is in INT8 already, or has no layers
            that can be quantised.

    Example:
        >>> okng.quantize("inspector.onnx", "validation/").result.accepted  # doctest: +SKIP
        True
    """
    path = modelfile.located(model)
    target = path.with_name(f"{path.stem}-int8.onnx") if out is None else Path(out)
    _check(most_move, path, target)
    file = _in_float32(path)
    frames, unreadable = _frames(file, calibrate)
    candidate = quantized_file(file, frames, most_move, watched(progress))
    if candidate is None:
        raise _unquantisable(path, "has no convolutions")
    result = candidate.result.model_copy(update={"unreadable": unreadable})
    if not result.accepted:
        return QuantizedFile(result, None)
    made = {"precision": "int8", "quantized_from": file.digest, "certificate": None}
    metadata = file.metadata.model_copy(update=made)
    modelfile.write(
        candidate.model, metadata, target, sign=None if key is None else signer(Path(key))
    )
    return QuantizedFile(result, target)


def _check(most_move: float, path: Path, target: Path) -> None:
    if not 0 < most_move <= 1:
        raise ConfigError(
            f"{most_move:g} is no difference of scores", where="`most_move`",
            allowed="above 0, at most 1", hint="0.02 is usual.",
        )  # fmt: skip
    if target.exists() and target.samefile(path):
        raise ConfigError(
            "The model file would be replaced", where=f"`out` {target}",
            allowed="another file", hint="Leave `out` out for a file beside the model.",
        )  # fmt: skip


def _in_float32(path: Path) -> ModelFile:
    file = modelfile.read(path)
    if file.metadata.precision != "float32":
        raise _unquantisable(path, "is in INT8 already")
    return file


def _unquantisable(path: Path, why: str) -> ModelFileError:
    return ModelFileError(
        f"The model file {why}",
        where=path,
        allowed="a file in float32 whose network has convolutions",
        hint="Use it as it is.",
        code=Code.MODEL_UNUSABLE,
    )


def _frames(
    file: ModelFile, calibrate: Path | str | Iterable[Path | str]
) -> tuple[list[Frame], int]:
    paths = [photo.path for photo in find_named(calibrate).photos]
    read_photos = list(map(partial(read, rules=file.metadata.input), paths))
    frames = [each for each in read_photos if isinstance(each, Frame)]
    if len(frames) < FEWEST:
        raise DatasetError(
            f"{len(frames)} of {len(paths)} photos can be read, too few to calibrate with",
            where="`calibrate`",
            allowed=f"{FEWEST} or more, as the line sees them; 128 are enough for the ranges",
            hint="Give the validation photos of the run.",
            code=Code.PHOTOS_TOO_FEW,
        )
    return frames, len(read_photos) - len(frames)
