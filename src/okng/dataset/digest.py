"""Reads every photo once: its digest, whether it decodes, its depth, and which are identical."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from okng import preprocess
from okng.dataset.class_counts import MIN_PHOTOS_PER_CLASS, check_counts
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

Node = tuple[str, str]
"""A given group or a digest, told apart by its first part."""


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
        dataset: photos as they were found.
        workers: threads; as many as cores when left out.
        on_done: called after each photo.
        fewest: readable photos that each class must have at least.
        depth: bits that photos with more than 8 of them have, where a model states it; otherwise
            the largest value over all photos decides.

    Returns:
        The readable photos. Byte-identical ones share a group; given groups that share a photo
        become one, named like the alphabetically first of them. Photos beyond the depth, and those
        of which it leaves one grey level, are unreadable.

    Raises:
        DatasetError: so many are unreadable that a class has too few left.
    """
    readable: list[Photo] = []
    unreadable = list(dataset.unreadable)
    spans: list[Span | None] = []
    looked = in_order(lambda p: _digest(dataset.root / p.path), dataset.photos, workers=workers)
    for photo, found in looked:
        if isinstance(found, PhotoError):
            unreadable.append(Unreadable(photo.path, found.what, found.fault))
        else:
            readable.append(replace(photo, sha256=found[0]))
            spans.append(found[1])
        if on_done:
            on_done()
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
        if span is None:  # what 8 bits leave of it is known now, of more bits when all are read
            preprocess.show(opened, str(path))
    except PhotoError as error:
        return error
    return hashlib.sha256(data).hexdigest(), span


def _join_copies(photos: list[Photo]) -> Iterator[Photo]:
    """One group for all that are linked by equal bytes or by a given group (union-find)."""
    parents: dict[Node, Node] = {}

    def top(node: Node) -> Node:
        while (parent := parents.setdefault(node, node)) != node:
            parents[node] = node = parents[parent]
        return node

    for photo in photos:
        if photo.group:
            # "given" sorts behind "digest" and must stay on top, so that its name survives.
            ends = {top(("digest", photo.sha256)), top(("given", photo.group))}
            first = min(ends, key=lambda node: (node[0] != "given", node[1]))
            parents.update(dict.fromkeys(ends, first))
    copies = Counter(photo.sha256 for photo in photos)
    taken = {photo.group for photo in photos}
    sources: dict[Node, list[GroupSource | None]] = defaultdict(list)
    for photo in photos:
        if photo.group:
            sources[top(("given", photo.group))].append(photo.group_source)
    for photo in photos:
        node = top(("digest", photo.sha256))
        if node[0] == "given":
            yield replace(photo, group=node[1], group_source=joined_source(sources[node]))
        elif copies[photo.sha256] == 1:
            yield replace(photo, group="", group_source=None)
        else:
            name = free_name(f"sha256:{node[1][:12]}", taken)
            yield replace(photo, group=name, group_source=GroupSource.COPIES)
