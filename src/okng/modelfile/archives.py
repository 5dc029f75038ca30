"""The model file in a `model.tar.gz`, as SageMaker keeps models.

An archive comes from outside: nothing of it is written elsewhere than asked, no links are followed,
and a small file that unpacks to gigabytes is refused.
"""

import gzip
import tarfile
import zlib
from pathlib import Path, PurePosixPath

from okng.error_codes import Code
from okng.errors import ModelFileError

_GZIP = b"\x1f\x8b"
MOST_BYTES = 1 << 30
"""Of all files together, unpacked."""
MOST_FILES = 1000
_MOST_HEADER = 1 << 20  # bytes of names and attributes; contents are read in smaller pieces


def is_archive(path: Path) -> bool:
    """Whether a file is compressed by gzip, as no model file is."""
    with path.open("rb") as file:
        return file.read(2) == _GZIP


def unpacked(archive: Path, folder: Path) -> Path:
    """Unpack an archive, and give the one model file in it.

    Args:
        archive: a `.tar.gz`.
        folder: an empty folder; only what lies below it is written.

    Raises:
        ModelFileError: it is damaged, holds paths outside of itself, links, devices, too much, or
            not exactly one model file.
    """
    try:
        with _Bounded(archive) as data, tarfile.open(fileobj=data, mode="r:") as tar:
            members = _checked(tar, archive)
            tar.extractall(folder, members, filter="data")
    except tarfile.FilterError as exc:
        raise _refused(f"{exc.tarinfo.name!a} is no plain file below it", archive) from exc
    except (tarfile.TarError, EOFError, zlib.error, OSError) as exc:
        raise _refused(f"it is damaged or no tar file: {exc}", archive) from exc
    return only_model(folder, archive)


def only_model(folder: Path, shown: Path) -> Path:
    """The one model file below a folder.

    Args:
        folder: that is searched.
        shown: named in the error.

    Raises:
        ModelFileError: there is none, or more than one.
    """
    every = sorted(path for path in folder.rglob("*") if path.is_file())
    # macOS adds `._inspector.onnx` to what it packs
    files = [path for path in every if path.suffix == ".onnx" and path.name[0] != "."]
    if len(files) == 1:
        return files[0]
    others = [path.name for path in every][:5]
    holds = f"{len(files)} model files" if files else f"no model file, but {', '.join(others)}"
    raise ModelFileError(
        f"{shown} holds {holds if files or others else 'nothing'}",
        where=shown,
        allowed="one model file of okng: inspector.onnx",
        hint="Pack the `inspector.onnx` of a run: `tar -czf model.tar.gz inspector.onnx`.",
        code=Code.MODEL_MISSING,
    )


class _Bounded(gzip.GzipFile):
    """Reads no more at once than a header may have: tarfile takes it whole into memory."""

    def read(self, size: int | None = -1) -> bytes:
        """As of any file.

        Raises:
            tarfile.ReadError: a header that states a length beyond all names.
        """
        if size is None or not 0 <= size <= _MOST_HEADER:
            raise tarfile.ReadError("a header of it is too long")
        return super().read(size)


def _checked(tar: tarfile.TarFile, archive: Path) -> list[tarfile.TarInfo]:
    """The members, refused before any of them is written."""
    members: list[tarfile.TarInfo] = []
    size = 0
    for member in tar:  # reads headers, and skips contents
        name, size = PurePosixPath(member.name), size + member.size
        if name.is_absolute() or ".." in name.parts:
            raise _refused(f"{member.name!a} lies outside of it", archive)
        if not (member.isreg() or member.isdir()):
            raise _refused(f"{member.name!a} is no plain file", archive)
        if size > MOST_BYTES or len(members) >= MOST_FILES:
            raise _refused(f"it has over {MOST_BYTES:,} bytes or {MOST_FILES} files", archive)
        members.append(member)
    return members


def _refused(reason: str, archive: Path) -> ModelFileError:
    return ModelFileError(
        f"The archive of the model is refused: {reason}",
        where=archive,
        allowed="a .tar.gz with one model file of okng",
        hint="Pack it anew: `tar -czf model.tar.gz inspector.onnx`.",
        code=Code.MODEL_FOREIGN,
    )
