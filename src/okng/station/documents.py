"""What a training left beside its model file: the report, and the certificate."""

import json
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ValidationError

from okng.modelfile import Metadata, ModelFile
from okng.runs.layout import RunFolder


class Document(StrEnum):
    """A document by the name of its file in the run folder."""

    REPORT = "report.html"
    WORD = "report.docx"
    PDF = "report.pdf"
    CERTIFICATE = "certificate.json"


class _Training(NamedTuple):
    """Which training a model file comes from; a changed threshold does not change it.

    Attributes:
        created: when the file was exported.
        dataset_digest: of its photos.
    """

    created: datetime
    dataset_digest: str

    @classmethod
    def of(cls, metadata: Metadata) -> "_Training":
        return cls(metadata.created, metadata.dataset_digest)


class _Stated(BaseModel):
    """The part of `metrics.json` that states which model file was measured."""

    class Model(BaseModel):
        """See `_Training`."""

        created: datetime
        dataset_digest: str

    model: Model


class Documents:
    """Documents of the models of a station, in the folders that the model files were given in."""

    def __init__(self) -> None:
        self._folders: dict[_Training, Path] = {}

    def add(self, path: Path, file: ModelFile) -> None:
        """Note where a model file was given."""
        self._folders[_Training.of(file.metadata)] = path.parent

    def of(self, metadata: Metadata) -> Mapping[Document, Path]:
        """The documents about a model file; empty where its run folder is not known or not its own.

        A later training may have replaced those of an earlier one, so `metrics.json` beside them
        must state the training of this file.
        """
        training = _Training.of(metadata)
        folder = self._folders.get(training)
        if folder is None or _stated(RunFolder(folder)) != training:
            return {}
        paths = {document: folder / document for document in Document}
        return {document: path for document, path in paths.items() if path.is_file()}


def _stated(run: RunFolder) -> _Training | None:
    """The training that the figures of a run folder are about; None where that cannot be told."""
    try:
        content = json.loads(run.metrics_file.read_bytes())
        model = _Stated.model_validate(content).model
    except (OSError, ValueError, RecursionError, ValidationError):
        return None
    return _Training(model.created, model.dataset_digest)
