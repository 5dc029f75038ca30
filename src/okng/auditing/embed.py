"""What a network pretrained on other photos sees in these: through onnxruntime, without torch."""

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
from okng.onnx_runtime import open_graph
from okng.progress import Advance

_BATCH = 16  # larger ones are no quicker, and take hundreds of MB


def embed(dataset: Dataset, model: Path, store: Store, advance: Advance) -> npt.NDArray[np.float32]:
    """Embeddings of photos; those in the store are taken there, new ones are left there.

    Args:
        dataset: photos with digests.
        model: an ONNX file that takes `photo`, uint8 (N, S, S, 3), and gives `embedding`, float32
            (N, D); see `okng.export.write_embedder`.
        store: keeps each under the photo's digest and the name of the model.
        advance: called with the photos done.

    Returns:
        float32 (N, D), in the order of the photos.

    Raises:
        PhotoError: a photo vanished or changed since it was listed.
    """
    keys = [f"{model.name}:{photo.sha256}" for photo in dataset.photos]
    known = {key: store.result(key) for key in keys}
    rows = {key: np.frombuffer(kept, np.float32) for key, kept in known.items() if kept}
    missing = {k: p for k, p in zip(keys, dataset.photos, strict=True) if k not in rows}
    advance(len(dataset) - len(missing))
    for numbers in _embedded(dataset, list(missing.values()), model):
        fresh = {f"{model.name}:{digest}": row for digest, row in numbers}
        store.keep({key: row.tobytes() for key, row in fresh.items()})
        rows |= fresh
        advance(len(fresh))
    return np.stack([rows[key] for key in keys])


def _embedded(
    dataset: Dataset, photos: Sequence[Photo], model: Path
) -> Iterator[list[tuple[str, npt.NDArray[np.float32]]]]:
    """Digests and embeddings, in batches."""
    root, depth = dataset.root, dataset.depth
    session = open_graph(model)
    side = int(session.get_inputs()[0].shape[1])
    decoded = in_order(lambda photo: _small(root, photo, side, depth), photos)
    for begin in range(0, len(photos), _BATCH):
        part = [next(decoded) for _ in photos[begin : begin + _BATCH]]
        found = session.run(["embedding"], {"photo": np.stack([pixels for _, pixels in part])})[0]
        yield [(photo.sha256, row) for (photo, _), row in zip(part, found, strict=True)]


def _small(root: Path, photo: Photo, side: int, depth: int) -> npt.NDArray[np.uint8]:
    data = preprocess.read_bytes(root / photo.path)
    if hashlib.sha256(data).hexdigest() != photo.sha256:
        raise PhotoError("The file changed while it was looked at", where=root / photo.path)
    return preprocess.shrink(preprocess.decode(data, photo.path, depth=depth), side)
