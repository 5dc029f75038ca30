"""What a training left beside its model file: the report, and the certificate."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ValidationError

from okng.certification import certificate_file
from okng.modelfile import Metadata, ModelFile
from okng.runs.layout import RunFolder

_NAMES = RunFolder("")  # the names of its files


class Document(StrEnum):
    """A document by the name of its file in the run folder."""

    REPORT = _NAMES.report.name
    WORD = _NAMES.report_docx.name
    PDF = _NAMES.report_pdf.name
    CERTIFICATE = _NAMES.certificate.name


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
    """Documents of the models of a station, beside the model files as they were given."""

    def __init__(self) -> None:
        self._paths: dict[_Training, Path] = {}

    def add(self, path: Path, file: ModelFile) -> None:
        """Note where a model file was given."""
        self._paths[_Training.of(file.metadata)] = path

    def place(self, metadata: Metadata) -> Path | None:
        """Where the model file of a training was given; None where it came without a place."""
        return self._paths.get(_Training.of(metadata))

    def of(self, metadata: Metadata) -> Mapping[Document, Path]:
        """The documents about a model file; empty where its place is not known.

        A later training may have replaced the report of an earlier one, so `metrics.json` beside it
        must state the training of this file. A certificate must be the one that is sealed into it.
        """
        training = _Training.of(metadata)
        path = self._paths.get(training)
        if path is None:
            return {}
        found = dict(_reports(path.parent, training))
        certificate = certificate_file(path)
        if metadata.certificate and _digest_of(certificate) == metadata.certificate.digest:
            found[Document.CERTIFICATE] = certificate
        return found


def _reports(folder: Path, training: _Training) -> Iterator[tuple[Document, Path]]:
    if _stated(RunFolder(folder)) == training:
        for document in (Document.REPORT, Document.WORD, Document.PDF):
            if (folder / document).is_file():
                yield document, folder / document


def _digest_of(path: Path) -> str:
    """SHA-256 of a file; empty where there is none."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _stated(run: RunFolder) -> _Training | None:
    """The training that the figures of a run folder are about; None where that cannot be told."""
    try:
        content = json.loads(run.metrics_file.read_bytes())
        model = _Stated.model_validate(content).model
    except (OSError, ValueError, RecursionError, ValidationError):
        return None
    return _Training(model.created, model.dataset_digest)
