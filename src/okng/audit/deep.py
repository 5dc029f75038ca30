"""The part of the audit that needs the extra: facts, near-duplicates, embeddings."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from okng.audit.embed import embed
from okng.audit.evidence import Evidence, NearResult
from okng.audit.facts import Facts
from okng.audit.findings import Pair
from okng.audit.gather import gather
from okng.audit.near.features import TEXTURE
from okng.audit.near.search import NearDuplicates, find_near_duplicates
from okng.audit.near.store import Store
from okng.dataset import Dataset, join_groups
from okng.progress import Progress


def gather_evidence(
    dataset: Dataset,
    given: Mapping[str, str],
    progress: Progress,
    *,
    cache: Path | None,
    embedder: Path | None,
    seed: int,
) -> tuple[Evidence, dict[str, str]]:
    """Measure photos, find their parts, embed them; what is in the cache already is taken there.

    Returns:
        The evidence, and for each check that cannot be made the reason.
    """
    with Store(cache) as store:
        with progress.stage("measure", len(dataset)) as advance:
            dataset, facts = gather(dataset, store, advance)
        near = _near(dataset, store, progress, seed)
        embeddings = None if embedder is None else _embeddings(dataset, store, progress, embedder)
        if store.trouble:
            progress.say(f"the audit's cache cannot be used, going on without: {store.trouble}")
    joined = join_groups(dataset, [*near.groups, *_same_pixels(facts)])
    unchecked = {} if embedder else {"suspicious_labels": "no embedding network here"}
    return Evidence(joined, facts, near, embeddings, given), unchecked


def _same_pixels(facts: Mapping[str, Facts]) -> list[list[str]]:
    copies: dict[str, list[str]] = defaultdict(list)
    for path, fact in facts.items():
        copies[fact.pixels].append(path)
    return [paths for paths in copies.values() if len(paths) > 1]


def _near(dataset: Dataset, store: Store, progress: Progress, seed: int) -> NearResult:
    first = {photo.sha256: photo for photo in reversed(dataset.photos)}
    photos = sorted(first.values(), key=lambda photo: photo.path)
    digests, labels = [p.sha256 for p in photos], [p.label for p in photos]
    key = hashlib.sha256(json.dumps(["near", seed, digests, labels]).encode()).hexdigest()
    kept = store.result(key)
    if kept is not None:
        progress.say("near-duplicates: as found before, these photos are known")
        return NearResult.model_validate_json(kept)
    with progress.stage("near", 2 * len(photos)) as advance:
        found = find_near_duplicates(digests, labels, store, advance=advance, seed=seed)
    result = _by_path(found, [photo.path for photo in photos])
    store.keep(key, result.model_dump_json().encode())
    return result


def _by_path(found: NearDuplicates, paths: list[str]) -> NearResult:
    return NearResult(
        pairs=[Pair(a=paths[p.a], b=paths[p.b], score=round(p.score, 4)) for p in found.pairs],
        matrices=[_relative(p.alignment.matrix) for p in found.pairs],
        groups=[[paths[number] for number in group] for group in found.groups],
        threshold=found.threshold.matches,
        false_match_rate=found.threshold.false_match_rate,
        reason=found.threshold.reason,
        checked=found.checked,
        dropped=[Pair(a=paths[a], b=paths[b], score=0.0) for a, b in found.dropped],
    )


def _relative(matrix: npt.NDArray[np.float64]) -> list[float]:
    scaled = matrix.copy()
    scaled[:, 2] /= TEXTURE
    return [round(float(value), 5) for value in scaled.ravel()]


def _embeddings(
    dataset: Dataset, store: Store, progress: Progress, embedder: Path
) -> npt.NDArray[np.float32]:
    """float32 (N, D) in the order of the photos."""
    digests = [photo.sha256 for photo in dataset.photos]
    key = hashlib.sha256(json.dumps(["embeddings", embedder.name, digests]).encode()).hexdigest()
    kept = store.result(key)
    if kept is not None:
        return np.frombuffer(kept, np.float32).reshape(len(digests), -1)
    with progress.stage("embed", len(digests)) as advance:
        found = embed(dataset.paths(), embedder, advance)
    store.keep(key, found.tobytes())
    return found
