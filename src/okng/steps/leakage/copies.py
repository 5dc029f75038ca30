"""Turned or changed copies of training photos, among photos to judge.

The search is the audit's own, over both sets of photos at once.
"""

import tempfile
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from okng.auditing.cache import cache_folder
from okng.auditing.full_audit import gather_evidence
from okng.auditing.near.store import Store
from okng.dataset import Dataset, Photo
from okng.events import Progress
from okng.steps.leakage.fingerprints import copy_features
from okng.steps.leakage.origin import Origin

_OF_RUN = "\0run/"
"""Begins the names of photos of the run and of their groups; no path of a file holds a NUL."""


def find_copies(
    dataset: Dataset, origin: Origin, progress: Progress
) -> tuple[Mapping[str, list[Photo]], int]:
    """Photos that show a part of the run, by the near-duplicate search.

    Args:
        dataset: photos to judge, with digests and groups.
        origin: of the model file, with its run folder.
        progress: receives one stage.

    Returns:
        For each path the photos of the run that show the same part, those of its test among them;
        and how many training photos could not be compared, as nothing is left of them.
    """
    with tempfile.TemporaryDirectory() as spare:
        folder, known = cache_folder(), _bring(origin, cache_folder(), dataset.depth)
        # A cache that cannot be written: a folder that goes with this search.
        if known is None:
            folder = Path(spare)
            known = _bring(origin, folder, dataset.depth) or set()
        own = [photo for photo in (*origin.learned, *origin.tested) if photo.sha256 in known]
        # photos of the run whose features are nowhere
        missing = len({photo.sha256 for photo in origin.learned} - known)
        if not own:
            return {}, missing
        photos = (*dataset.photos, *map(_as_of_run, own))
        # one audit over both: what it puts into one group shows one part
        both = replace(dataset, photos=photos, classes=())
        evidence = gather_evidence(both, {}, progress, cache=folder, embedder=None, seed=0)
    return _shared(evidence.dataset, {_OF_RUN + photo.path: photo for photo in own}), missing


def _bring(origin: Origin, folder: Path, depth: int) -> set[str] | None:
    """Copy the features in the run folder into a store; returns the digests that it then holds.

    None where the store cannot be written: what it took is gone when it is closed.
    """
    photos = (*origin.learned, *origin.tested)
    digests = list(dict.fromkeys(photo.sha256 for photo in photos))
    with Store(folder, depth) as store:
        if origin.run is not None and origin.run.traces.is_dir():
            with Store(origin.run.traces, depth) as traces:
                copy_features(traces, store, digests)
        known = set(store.known(digests))  # writes what waits
        return None if store.trouble else known


def _as_of_run(photo: Photo) -> Photo:
    group = photo.group and _OF_RUN + photo.group
    return replace(photo, path=_OF_RUN + photo.path, group=group, facts=())


def _shared(both: Dataset, own: Mapping[str, Photo]) -> dict[str, list[Photo]]:
    """Photos of the run by path of each photo that shares a group with them."""
    groups: dict[str, list[Photo]] = defaultdict(list)
    for photo in both.photos:
        if photo.group and photo.path in own:
            groups[photo.group].append(own[photo.path])
    return {
        photo.path: groups[photo.group]
        for photo in both.photos
        if photo.path not in own and photo.group in groups
    }
