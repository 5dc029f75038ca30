"""Reads every photo once: its digest, its bit depth, whether it decodes, and identical files."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from okng import preprocess
from okng.dataset.class_counts import MIN_PHOTOS_PER_CLASS, check_counts
from okng.dataset.disjoint_sets import DisjointSets
from okng.dataset.parallel import in_order
from okng.dataset.records import (
    Dataset,
    GroupSource,
    Photo,
    Unreadable,
    free_name,
    joined_source,
)
from okng.errors import PhotoError, PhotoFault
from okng.preprocess import Span, depth_of

Node = tuple[int, str]
"""A given group (`_GIVEN`, name) or the digest of a file (`_DIGEST`, sha256)."""
# A given group is the smaller node, so it represents its set and its name survives.
_GIVEN, _DIGEST = 0, 1


def add_digests(
    dataset: Dataset,
    *,
    workers: int | None = None,
    on_done: Callable[[], None] | None = None,
    fewest: int = MIN_PHOTOS_PER_CLASS,
    depth: int | None = None,
) -> Dataset:
    """Give each photo its digest; leave out unreadable ones; group byte-identical ones.

    Args:
        dataset: photos as `find_photos` returns them.
        workers: threads; as many as cores when left out.
        on_done: called after each photo.
        fewest: readable photos that each class must have at least.
        depth: bits per channel of photos with more than 8 bits, where a model file states it;
            otherwise it is determined from the largest value over all photos.

    Returns:
        The readable photos. Byte-identical ones share a group; given groups that share a photo
        are merged, and the alphabetically first name stays. Photos with values beyond the depth,
        and photos that have a single grey level at this depth, are unreadable.

    Raises:
        DatasetError: too few readable photos of a class are left.
    """
    readable: list[Photo] = []
    unreadable = list(dataset.unreadable)
    spans: list[Span | None] = []
    scanned = in_order(lambda p: _digest(dataset.root / p.path), dataset.photos, workers=workers)
    for photo, scan in scanned:
        if isinstance(scan, PhotoError):
            unreadable.append(Unreadable(photo.path, scan.what, scan.fault))
        else:
            readable.append(replace(photo, sha256=scan[0]))
            spans.append(scan[1])
        if on_done:
            on_done()
    # Only now, after all photos were read, is the depth of the data set known.
    depth = depth_of(spans) if depth is None else depth
    refusals = [span.refusal(depth) if span else "" for span in spans]
    pairs = list(zip(readable, refusals, strict=True))
    unreadable += [Unreadable(p.path, why, PhotoFault.DEPTH) for p, why in pairs if why]
    grouped = tuple(_join_copies([photo for photo, why in pairs if not why]))
    result = replace(dataset, photos=grouped, unreadable=tuple(unreadable), depth=depth)
    check_counts(result, fewest)
    return result


def _digest(path: Path) -> tuple[str, Span | None] | PhotoError:
    try:
        data = preprocess.read_bytes(path)
        opened = preprocess.open_photo(data, str(path))
        span = preprocess.span_of(opened.samples, str(path))
        # A photo of 8 bits can be checked at once. One with more bits is checked once the depth of
        # the whole data set is known.
        if span is None:
            preprocess.show(opened, str(path))
    except PhotoError as error:
        return error
    return hashlib.sha256(data).hexdigest(), span


def _join_copies(photos: list[Photo]) -> Iterator[Photo]:
    """One group for all photos that are linked by equal bytes or by a given group."""
    linked = DisjointSets[Node]()
    for photo in photos:
        if photo.group:
            linked.merge([(_GIVEN, photo.group), (_DIGEST, photo.sha256)])
    copies = Counter(photo.sha256 for photo in photos)
    taken = {photo.group for photo in photos}
    sources: dict[Node, list[GroupSource | None]] = defaultdict(list)
    for photo in photos:
        if photo.group:
            sources[linked.find((_GIVEN, photo.group))].append(photo.group_source)
    for photo in photos:
        node = linked.find((_DIGEST, photo.sha256))
        if node[0] == _GIVEN:
            yield replace(photo, group=node[1], group_source=joined_source(sources[node]))
        elif copies[photo.sha256] == 1:
            yield replace(photo, group="", group_source=None)
        else:
            name = free_name(f"sha256:{node[1][:12]}", taken)
            yield replace(photo, group=name, group_source=GroupSource.COPIES)
