"""Reads every photo once more, and leaves its facts and local features in the store."""

import hashlib
from dataclasses import replace
from typing import NamedTuple

from okng import preprocess
from okng.auditing.image_statistics import Facts, look
from okng.auditing.near.features import LocalFeatures, local_features
from okng.auditing.near.store import Store
from okng.dataset import Dataset, Photo, Unreadable, check_counts
from okng.dataset.parallel import in_order
from okng.errors import PhotoError
from okng.progress import Advance


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

    Raises:
        DatasetError: so many are lost that a class has too few left.
    """
    known = store.known(photo.sha256 for photo in dataset.photos)
    first = {photo.sha256: photo for photo in dataset.photos if photo.sha256 not in known}
    advance(len(dataset) - len(first))
    reasons: dict[str, PhotoError] = {}
    for photo, seen in in_order(lambda p: _see(dataset, p), first.values()):
        if isinstance(seen, PhotoError):
            reasons[photo.sha256] = seen
        else:
            known[photo.sha256] = text = seen.facts.to_json()
            store.add(photo.sha256, text, seen.features)
        advance()
    store.flush()
    kept = tuple(photo for photo in dataset.photos if photo.sha256 in known)
    failed = [(p, reasons[p.sha256]) for p in dataset.photos if p.sha256 in reasons]
    lost = [Unreadable(photo.path, error.what, error.fault) for photo, error in failed]
    facts = {photo.path: Facts.from_json(known[photo.sha256]) for photo in kept}
    left = replace(dataset, photos=kept, unreadable=(*dataset.unreadable, *lost))
    check_counts(left)
    return left, facts


def _see(dataset: Dataset, photo: Photo) -> _Seen | PhotoError:
    path = dataset.root / photo.path
    try:
        data = preprocess.read_bytes(path)
        if hashlib.sha256(data).hexdigest() != photo.sha256:
            return PhotoError("The file changed while it was looked at", where=path)
        decoded = preprocess.show(
            preprocess.open_photo(data, str(path)), str(path), depth=dataset.depth
        )
    except PhotoError as error:
        return error
    return _Seen(look(data, decoded), local_features(decoded.pixels))
