"""Embeddings of photos by a pretrained network, with onnxruntime and without torch."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from okng import preprocess
from okng.auditing.near.store import Store
from okng.dataset import Dataset, Photo
from okng.dataset.parallel import in_order
from okng.errors import PhotoError
from okng.events import Advance
from okng.onnx_runtime import open_graph

_BATCH = 16  # larger batches are not faster on a CPU, and need hundreds of MB


def embed(dataset: Dataset, model: Path, store: Store, advance: Advance) -> npt.NDArray[np.float32]:
    """Embeddings of photos, cached in the store.

    Args:
        dataset: photos with digests.
        model: an ONNX file with input `photo`, uint8 (N, S, S, 3), and output `embedding`, float32
            (N, D); see `okng.export.write_embedder`.
        store: cache; the key is the digest of the photo and the name of the model.
        advance: called with the number of photos done.

    Returns:
        float32 (N, D), in the order of the photos.

    Raises:
        PhotoError: a photo vanished or changed since it was listed.
    """
    # The name of the model has a version: other weights give other keys.
    keys = [f"{model.name}:{photo.sha256}" for photo in dataset.photos]
    known = {key: store.result(key) for key in keys}
    rows = {key: np.frombuffer(cached, np.float32) for key, cached in known.items() if cached}
    missing = {k: p for k, p in zip(keys, dataset.photos, strict=True) if k not in rows}
    advance(len(dataset) - len(missing))
    for numbers in _embedded(dataset, list(missing.values()), model):
        fresh = {f"{model.name}:{digest}": row for digest, row in numbers}
        store.put({key: row.tobytes() for key, row in fresh.items()})
        rows |= fresh
        advance(len(fresh))
    return np.stack([rows[key] for key in keys])


def _embedded(
    dataset: Dataset, photos: Sequence[Photo], model: Path
) -> Iterator[list[tuple[str, npt.NDArray[np.float32]]]]:
    """Batches of digests and embeddings, float32 (D,) each."""
    root, depth = dataset.root, dataset.depth
    session = open_graph(model)
    side = int(session.get_inputs()[0].shape[1])
    decoded = in_order(lambda photo: _small(root, photo, side, depth), photos)
    for begin in range(0, len(photos), _BATCH):
        part = [next(decoded) for _ in photos[begin : begin + _BATCH]]
        rows = session.run(["embedding"], {"photo": np.stack([pixels for _, pixels in part])})[0]
        yield [(photo.sha256, row) for (photo, _), row in zip(part, rows, strict=True)]


def _small(root: Path, photo: Photo, side: int, depth: int) -> npt.NDArray[np.uint8]:
    data = preprocess.read_bytes(root / photo.path)
    if hashlib.sha256(data).hexdigest() != photo.sha256:
        raise PhotoError("The file changed during the audit", where=root / photo.path)
    return preprocess.shrink(preprocess.decode(data, photo.path, depth=depth), side)
