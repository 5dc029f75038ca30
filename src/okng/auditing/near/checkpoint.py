"""How far a search was when it was stopped, so that the next one goes on from there."""

import hashlib
import json
from collections.abc import Sequence

from okng.auditing.near.groups import Link
from okng.auditing.near.store import Store
from okng.auditing.near.threshold import Threshold

SEARCH = 5
"""Raised whenever the search finds something else in the same photos."""


def name_of(what: str, seed: int, digests: Sequence[str], labels: Sequence[str]) -> str:
    """A key for what comes of a search among these photos in this order."""
    text = json.dumps([what, SEARCH, seed, *zip(digests, labels, strict=True)])
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class Halfway:
    """Reads and writes the state of one search.

    Args:
        store: keeps it.
        digests: of the photos, in the order of their numbers.
        labels: their classes.
        seed: of the search.

    Attributes:
        done: photos whose candidates were compared before.
        compared: pairs that were compared before.
        links: what came of it.
        threshold: the line that was drawn then, or None.
    """

    def __init__(
        self, store: Store, digests: Sequence[str], labels: Sequence[str], seed: int
    ) -> None:
        self._store, self._key = store, name_of("halfway", seed, digests, labels)
        kept = store.result(self._key)
        done, compared, links, threshold = json.loads(kept) if kept else (0, 0, [], None)
        self.done, self.compared = int(done), int(compared)
        self.links = [Link(*link) for link in links]
        self.threshold = Threshold(*threshold) if threshold else None

    def note(self, done: int, compared: int, links: Sequence[Link], threshold: Threshold) -> None:
        """Keep how far it is."""
        state = (done, self.compared + compared, links, threshold)
        self._store.keep({self._key: json.dumps(state).encode()})

    def forget(self) -> None:
        """It has come to its end."""
        self._store.forget(self._key)
