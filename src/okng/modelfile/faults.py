"""Errors that several modules of this package raise."""

from pathlib import Path

from okng.error_codes import Code
from okng.errors import ModelFileError

RETRAIN = "Export it again with this version of okng, or install the version that wrote it."


def foreign(reason: str, path: Path | str) -> ModelFileError:
    """The error for a file that okng did not write, with the reason."""
    return ModelFileError(
        f"This is not a model file of okng: {reason}",
        where=path,
        allowed="an inspector.onnx that `okng train` wrote",
        hint="Check the path; the order is `okng predict MODEL PHOTOS...`.",
        code=Code.MODEL_FOREIGN,
    )
