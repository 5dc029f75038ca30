"""The `model.tar.gz` that SageMaker unpacks into `/opt/ml/model`."""

import gzip
import hashlib
import io
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from okng import modelfile
from okng.files import write_atomic
from okng.runs.layout import MODEL

NAME = "model.tar.gz"
_MODE = 0o644
# Level 6 of zlib is its default; a higher one gains nothing on weights, which hardly compress.
_LEVEL = 6


class Archive(NamedTuple):
    """A packed model.

    Attributes:
        content: of the file.
        digest: SHA-256 of the content, in hex.
        model_digest: SHA-256 of the model file in it, in hex.
    """

    content: bytes
    digest: str
    model_digest: str


def pack(model: Path | str) -> Archive:
    """Pack a model file; the same model file gives the same bytes, whatever its name and date.

    Another version of zlib may compress to other bytes of the same content.

    Args:
        model: the model file, or the folder of a run.

    Raises:
        ModelFileError: it is no sound model file of okng.
    """
    file = modelfile.loaded(model)
    content = _compressed(_tar({MODEL: file.data}))
    return Archive(content, hashlib.sha256(content).hexdigest(), file.digest)


def write(archive: Archive, folder: Path) -> Path:
    """Write an archive into a folder, and return its path."""
    path = folder / NAME
    write_atomic(path, archive.content)
    return path


def _tar(contents: Mapping[str, bytes]) -> bytes:
    """A tar file without dates, owners and rights of this machine."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name in sorted(contents):
            member = tarfile.TarInfo(name)  # date 0, owner 0, no names
            member.size, member.mode = len(contents[name]), _MODE
            tar.addfile(member, io.BytesIO(contents[name]))
    return data.getvalue()


def _compressed(content: bytes) -> bytes:
    """Content in gzip, without a name and with date 0."""
    data = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=_LEVEL, fileobj=data, mtime=0) as file:
        file.write(content)
    return data.getvalue()
