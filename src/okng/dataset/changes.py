"""Differences between a manifest and the photos in the folder now."""

import hashlib
from collections.abc import Collection
from typing import NamedTuple

from okng import preprocess
from okng.dataset.parallel import in_order
from okng.dataset.records import Dataset, Photo
from okng.error_codes import Code
from okng.errors import DatasetError, PhotoError

_NAMED = 3  # paths of each kind of change that an error lists


class PhotoChanges(NamedTuple):
    """Paths by kind of change; all empty where nothing changed.

    Attributes:
        changed: the content of the file differs.
        relabelled: the label differs.
        added: the photo is not in the manifest.
        missing: the file no longer exists or cannot be read.
    """

    changed: tuple[str, ...]
    relabelled: tuple[str, ...]
    added: tuple[str, ...]
    missing: tuple[str, ...]


def photo_changes(before: Dataset, now: Dataset, ignored: Collection[str] = ()) -> PhotoChanges:
    """Compare the photos of a manifest with those that are there now.

    Args:
        before: with digests.
        now: as `find_photos` returns it; every file that `before` names is read.
        ignored: paths that existed before but were not entered into the manifest.
    """
    there = {photo.path: photo for photo in now.photos}
    known = {photo.path for photo in before.photos} | set(ignored)
    # Files that are gone are not read: their digests could only be errors.
    present = [photo for photo in before.photos if photo.path in there]
    digests = list(in_order(lambda photo: _digest(now, photo), present))
    return PhotoChanges(
        changed=tuple(p.path for p, digest in digests if digest and digest != p.sha256),
        relabelled=tuple(p.path for p in present if there[p.path].label != p.label),
        added=tuple(path for path in there if path not in known),
        missing=tuple(p.path for p in before.photos if p.path not in there)
        + tuple(p.path for p, digest in digests if not digest),
    )


def check_unchanged(changes: PhotoChanges, *, where: object) -> None:
    """Refuse to continue with photos that differ from those of the manifest.

    Raises:
        DatasetError: with the number and the first paths of each kind of change.
    """
    kinds = {
        "changed": changes.changed,
        "have another label": changes.relabelled,
        "new": changes.added,
        "gone": changes.missing,
    }
    faults = [f"{len(paths)} {kind} ({_first(paths)})" for kind, paths in kinds.items() if paths]
    if faults:
        raise DatasetError(
            f"The photos are not those that this run began with: {'; '.join(faults)}",
            where=where,
            hint="Put them back to resume this run, or train in another folder.",
            code=Code.PHOTOS_CHANGED,
        )


def _digest(now: Dataset, photo: Photo) -> str:
    """SHA-256 of the file, hexadecimal; empty where it cannot be read."""
    try:
        return hashlib.sha256(preprocess.read_bytes(now.root / photo.path)).hexdigest()
    except PhotoError:
        return ""


def _first(paths: tuple[str, ...]) -> str:
    more = ", ..." if len(paths) > _NAMED else ""
    return ", ".join(sorted(paths)[:_NAMED]) + more
