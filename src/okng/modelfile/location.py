"""Resolves a path that a user gives to a model file."""

from pathlib import Path

from okng.error_codes import Code
from okng.errors import ModelFileError
from okng.modelfile.reading import ModelFile, read
from okng.runs.layout import MODEL


def located(path: Path | str) -> Path:
    """The model file: the path itself, or the model file in a run folder.

    Raises:
        ModelFileError: the folder contains no model file.
    """
    path = Path(path)
    if not path.is_dir():
        return path
    if (path / MODEL).is_file():
        return path / MODEL
    runs = sorted(file.parent for file in path.glob(f"*/{MODEL}"))[:5]
    raise ModelFileError(
        "The folder contains no model file",
        where=path,
        allowed=f"a model file, or the folder of a finished run with its {MODEL}",
        hint=f"Name a run: {', '.join(map(str, runs))}" if runs else "Check the path.",
        code=Code.MODEL_MISSING,
    )


def loaded(model: Path | str | ModelFile) -> ModelFile:
    """The content of a model file, from disk unless it was read already.

    Raises:
        ModelFileError: the folder contains no model file, or the file is not one of okng.
    """
    return model if isinstance(model, ModelFile) else read(located(model))
