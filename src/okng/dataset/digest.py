"""Reads every photo once: its digest, whether it decodes, and which photos are byte-identical."""

import hashlib
import os
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from okng import preprocess
from okng.dataset.layout import check_counts
from okng.dataset.records import Dataset, Photo, Unreadable
from okng.errors import PhotoError


def add_digests(
    dataset: Dataset, *, workers: int | None = None, on_done: Callable[[], None] | None = None
) -> Dataset:
    """Give each photo its digest; leave out unreadable ones; group byte-identical ones.

    Args:
        dataset: photos as they were found.
        workers: threads; as many as cores when left out.
        on_done: called after each photo.

    Returns:
        The readable photos. Byte-identical ones share a group; given groups that share a photo
        become one.

    Raises:
        DatasetError: so many are unreadable that a class has too few left.
    """
    readable, unreadable = [], list(dataset.unreadable)
    with ThreadPoolExecutor(workers or os.cpu_count()) as pool:
        for photo, found in zip(dataset.photos, pool.map(_digest, dataset.paths()), strict=True):
            if isinstance(found, PhotoError):
                unreadable.append(Unreadable(photo.path, found.what))
            else:
                readable.append(replace(photo, sha256=found))
            if on_done:
                on_done()
    grouped = tuple(_join_copies(readable))
    result = replace(dataset, photos=grouped, unreadable=tuple(unreadable))
    check_counts(result)
    return result


def _digest(path: Path) -> str | PhotoError:
    try:
        data = path.read_bytes()
        preprocess.decode(data, str(path))
    except PhotoError as error:
        return error
    except OSError as error:
        return PhotoError(f"The file cannot be read: {error.strerror}", where=path)
    return hashlib.sha256(data).hexdigest()


def _join_copies(photos: list[Photo]) -> list[Photo]:
    """One group for all that are linked by equal bytes or by a given group."""
    parents: dict[str, str] = {}

    def top(key: str) -> str:
        while parents.setdefault(key, key) != key:
            key = parents[key]
        return key

    members: dict[str, int] = defaultdict(int)
    for photo in photos:
        keys = [f"sha256:{photo.sha256[:12]}"] + ([photo.group] if photo.group else [])
        first, last = sorted((top(keys[0]), top(keys[-1])), key=lambda key: key.startswith("sha"))
        parents[last] = first
        members[keys[0]] += 1
    return [replace(photo, group=_name(photo, top, members)) for photo in photos]


def _name(photo: Photo, top: Callable[[str], str], members: dict[str, int]) -> str:
    own = f"sha256:{photo.sha256[:12]}"
    joined = top(own)
    return joined if photo.group or members[own] > 1 or joined != own else ""
