"""Extracts facts and local features of every photo and caches them in the store."""

import hashlib
from dataclasses import replace
from typing import NamedTuple

from okng import preprocess
from okng.auditing.image_statistics import Facts, measure_photo
from okng.auditing.near.features import LocalFeatures, local_features
from okng.auditing.near.store import Store
from okng.dataset import Dataset, Photo, Unreadable, check_counts
from okng.dataset.parallel import in_order
from okng.errors import PhotoError
from okng.events import Advance


class _Extracted(NamedTuple):
    facts: Facts
    features: LocalFeatures


def gather(dataset: Dataset, store: Store, advance: Advance) -> tuple[Dataset, dict[str, Facts]]:
    """Compute facts and local features of all photos that are not in the store.

    Args:
        dataset: photos with digests.
        store: receives them.
        advance: called with the number of photos done.

    Returns:
        The photos whose files are unchanged since their digests were computed, and facts by path.
        The others are added to `unreadable`.

    Raises:
        DatasetError: too few photos of a class are left.
    """
    known = store.known(photo.sha256 for photo in dataset.photos)
    # Copies are computed once: the key is the digest.
    first = {photo.sha256: photo for photo in dataset.photos if photo.sha256 not in known}
    advance(len(dataset) - len(first))
    reasons: dict[str, PhotoError] = {}
    for photo, extracted in in_order(lambda p: _extract(dataset, p), first.values()):
        if isinstance(extracted, PhotoError):
            reasons[photo.sha256] = extracted
        else:
            known[photo.sha256] = text = extracted.facts.to_json()
            store.add(photo.sha256, text, extracted.features)
        advance()
    store.flush()
    remaining = tuple(photo for photo in dataset.photos if photo.sha256 in known)
    failed = [(p, reasons[p.sha256]) for p in dataset.photos if p.sha256 in reasons]
    lost = [Unreadable(photo.path, error.what, error.fault) for photo, error in failed]
    facts = {photo.path: Facts.from_json(known[photo.sha256]) for photo in remaining}
    left = replace(dataset, photos=remaining, unreadable=(*dataset.unreadable, *lost))
    check_counts(left)
    return left, facts


def _extract(dataset: Dataset, photo: Photo) -> _Extracted | PhotoError:
    path = dataset.root / photo.path
    try:
        data = preprocess.read_bytes(path)
        if hashlib.sha256(data).hexdigest() != photo.sha256:
            return PhotoError("The file changed during the audit", where=path)
        decoded = preprocess.show(
            preprocess.open_photo(data, str(path)), str(path), depth=dataset.depth
        )
    except PhotoError as error:
        return error
    return _Extracted(measure_photo(data, decoded), local_features(decoded.pixels))
