"""Reads every photo once more, and leaves its facts and local features in the store."""

import hashlib
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from okng import preprocess
from okng.audit.facts import Facts, look
from okng.audit.near.features import LocalFeatures, local_features
from okng.audit.near.store import Store
from okng.dataset import Dataset, Photo, Unreadable
from okng.errors import PhotoError
from okng.progress import Advance

_AHEAD = 64  # photos that are read before their turn


class _Seen(NamedTuple):
    facts: Facts
    features: LocalFeatures


def gather(dataset: Dataset, store: Store, advance: Advance) -> tuple[Dataset, dict[str, Facts]]:
    """Work out facts and local features of all photos that the store does not know.

    Args:
        dataset: photos with digests.
        store: receives them.
        advance: called with the photos done.

    Returns:
        The photos that are still what they were when their digests were made, and facts by path.
        Others join `unreadable`.
    """
    known = store.known(photo.sha256 for photo in dataset.photos)
    first = {photo.sha256: photo for photo in dataset.photos if photo.sha256 not in known}
    advance(len(dataset) - len(first))
    lost = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for photo, seen in _ordered(pool, lambda p: _see(dataset.root / p.path, p), first.values()):
            if isinstance(seen, PhotoError):
                lost.append(Unreadable(photo.path, seen.what))
            else:
                known[photo.sha256] = text = seen.facts.to_json()
                store.add(photo.sha256, text, seen.features)
            advance()
    store.flush()
    kept = tuple(photo for photo in dataset.photos if photo.sha256 in known)
    facts = {photo.path: Facts.from_json(known[photo.sha256]) for photo in kept}
    return replace(dataset, photos=kept, unreadable=(*dataset.unreadable, *lost)), facts


def _see(path: Path, photo: Photo) -> _Seen | PhotoError:
    try:
        data = preprocess.read_bytes(path)
        if hashlib.sha256(data).hexdigest() != photo.sha256:
            return PhotoError("The file changed while it was looked at", where=path)
        pixels = preprocess.decode(data, str(path))
    except PhotoError as error:
        return error
    return _Seen(look(data, pixels), local_features(pixels))


def _ordered(
    pool: ThreadPoolExecutor, work: Callable[[Photo], _Seen | PhotoError], photos: Iterable[Photo]
) -> Iterator[tuple[Photo, _Seen | PhotoError]]:
    """As `pool.map`, but never far ahead, so that results do not pile up."""
    waiting = iter(photos)
    running = deque((photo, pool.submit(work, photo)) for photo in islice(waiting, _AHEAD))
    while running:
        photo, future = running.popleft()
        yield photo, future.result()
        running.extend((photo, pool.submit(work, photo)) for photo in islice(waiting, 1))
