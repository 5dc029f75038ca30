"""The saved state of an interrupted search, from which the next one resumes."""

import hashlib
import json
from collections.abc import Sequence

from okng.auditing.near.groups import Link
from okng.auditing.near.store import Store
from okng.auditing.near.threshold import Threshold

SEARCH = 5
"""Version of the search; raised whenever it returns another result for the same photos."""


def name_of(what: str, seed: int, digests: Sequence[str], labels: Sequence[str]) -> str:
    """The cache key of a result of a search among these photos in this order."""
    # Labels are part of the key, as the threshold is learned from them.
    text = json.dumps([what, SEARCH, seed, *zip(digests, labels, strict=True)])
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class SearchCheckpoint:
    """Reads and writes the state of one search.

    Args:
        store: the cache that stores it.
        digests: digests of the photos, in the order of their numbers.
        labels: their classes.
        seed: seed of the search.

    Attributes:
        done: number of photos whose candidates were compared before the interruption.
        compared: number of pairs that were compared before.
        links: the links so far.
        threshold: the threshold of the interrupted search; None for a new search.
    """

    def __init__(
        self, store: Store, digests: Sequence[str], labels: Sequence[str], seed: int
    ) -> None:
        self._store, self._key = store, name_of("halfway", seed, digests, labels)
        saved = store.result(self._key)
        done, compared, links, threshold = json.loads(saved) if saved else (0, 0, [], None)
        self.done, self.compared = int(done), int(compared)
        self.links = [Link(*link) for link in links]
        self.threshold = Threshold(*threshold) if threshold else None

    def save(self, done: int, compared: int, links: Sequence[Link], threshold: Threshold) -> None:
        """Save the state."""
        state = (done, self.compared + compared, links, threshold)
        self._store.put({self._key: json.dumps(state).encode()})

    def remove(self) -> None:
        """Remove the saved state after the search is complete."""
        self._store.remove(self._key)
