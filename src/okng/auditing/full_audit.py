"""The part of the audit that needs the extra packages: features, near duplicates, embeddings."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from okng.auditing.embed import embed
from okng.auditing.evidence import Evidence, NearResult, Need
from okng.auditing.extract_features import gather
from okng.auditing.findings import Pair
from okng.auditing.image_statistics import same_pixels
from okng.auditing.near.checkpoint import name_of
from okng.auditing.near.search import NearDuplicate, NearDuplicates, find_near_duplicates
from okng.auditing.near.store import Store
from okng.dataset import Dataset, join_groups
from okng.errors import PhotoError
from okng.events import Progress
from okng.memory import give_back_freed_memory
from okng.wording import mark, sentence


def gather_evidence(
    dataset: Dataset,
    given: Mapping[str, str],
    progress: Progress,
    *,
    cache: Path | None,
    embedder: Path | None,
    seed: int,
) -> Evidence:
    """Measure photos, search for near duplicates and compute embeddings; results are cached."""
    with Store(cache, dataset.depth) as store:
        with progress.stage("measure", len(dataset)) as advance:
            dataset, facts = gather(dataset, store, advance)
        near = _near(dataset, store, progress, seed)
        embeddings, missing = _embeddings(dataset, store, progress, embedder)
        if store.damaged:
            progress.say(sentence("cache_damaged", entries=store.damaged))
        if store.trouble:
            progress.say(sentence("cache_unusable", trouble=store.trouble))
    joined = join_groups(dataset, [*near.groups, *same_pixels(facts)])
    return Evidence(joined, facts, near, embeddings, given, missing=missing)


def _near(dataset: Dataset, store: Store, progress: Progress, seed: int) -> NearResult:
    # One photo per digest, the first by path: identical files are copies without a search.
    first = {photo.sha256: photo for photo in reversed(dataset.photos)}
    photos = sorted(first.values(), key=lambda photo: photo.path)
    digests, labels = [p.sha256 for p in photos], [p.label for p in photos]
    # The result is cached by digest, not by path: files are renamed and moved.
    key = name_of("near", seed, digests, labels)
    cached = store.result(key)
    if cached is not None:
        progress.say(mark("near duplicates: taken from the cache, the photos are unchanged"))
        result = NearResult.model_validate_json(cached)
    else:
        # Each photo counts twice: when it is indexed, and when its candidates are compared.
        with progress.stage("near", 2 * len(photos)) as advance:
            duplicates = find_near_duplicates(digests, labels, store, advance=advance, seed=seed)
        give_back_freed_memory()
        result = _by_digest(duplicates, digests)
        store.put({key: result.model_dump_json().encode()})
    return result.renamed({photo.sha256: photo.path for photo in photos})


def _by_digest(duplicates: NearDuplicates, digests: list[str]) -> NearResult:
    def pairs(numbers: list[NearDuplicate]) -> list[Pair]:
        return [Pair(a=digests[p.a], b=digests[p.b], score=round(p.score, 4)) for p in numbers]

    return NearResult(
        pairs=pairs(duplicates.pairs),
        groups=[[digests[number] for number in group] for group in duplicates.groups],
        threshold=duplicates.threshold.matches,
        false_match_rate=duplicates.threshold.false_match_rate,
        reason=duplicates.threshold.reason,
        checked=duplicates.checked,
        dropped=pairs(duplicates.dropped),
        own_agreement=duplicates.own_agreement,
    )


def _embeddings(
    dataset: Dataset, store: Store, progress: Progress, embedder: Path | None
) -> tuple[npt.NDArray[np.float32] | None, dict[Need, str]]:
    """float32 (N, D) in the order of the photos; or None, and the reason."""
    if embedder is None:
        return None, {Need.EMBEDDINGS: "no embedding network here"}
    try:
        with progress.stage("embed", len(dataset)) as advance:
            return embed(dataset, embedder, store, advance), {}
    except PhotoError as error:
        return None, {Need.EMBEDDINGS: f"{error.where}: {error.what}"}
