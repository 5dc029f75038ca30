"""What every check may look at."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from okng.audit.facts import Facts
from okng.audit.findings import Entry, Pair
from okng.dataset import Dataset, Photo


class NearResult(Entry):
    """Near-duplicates by path, and how sure they are.

    Attributes:
        pairs: links of the groups.
        matrices: for each pair, how b lies over a: six numbers of an affine map, row by row, for
            photos whose longer side is 1.
        groups: paths of photos of one part each.
        threshold: agreeing features from which on a pair was accepted.
        false_match_rate: estimated share of false pairs; None if unknown.
        reason: how the threshold was found.
        checked: pairs that were compared.
        dropped: pairs whose link nobody confirmed.
    """

    pairs: list[Pair]
    matrices: list[list[float]]
    groups: list[list[str]]
    threshold: int
    false_match_rate: float | None
    reason: str
    checked: int
    dropped: list[Pair]


@dataclass(frozen=True)
class Evidence:
    """Photos with digests and groups, and what was worked out of them.

    Attributes:
        dataset: photos; their groups hold all that is known of parts.
        facts: by path; empty where photos were not measured.
        near: near-duplicates, or None where they were not looked for.
        embeddings: float32 (N, D) in the order of the photos, or None.
        given: groups that the user gave, by path.
    """

    dataset: Dataset
    facts: Mapping[str, Facts] = field(default_factory=dict)
    near: NearResult | None = None
    embeddings: npt.NDArray[np.float32] | None = None
    given: Mapping[str, str] = field(default_factory=dict)

    def restricted(self, dataset: Dataset) -> "Evidence":
        """The same evidence on some of the photos, whose splits may be others."""
        rows = {photo.path: row for row, photo in enumerate(self.dataset.photos)}
        chosen = [rows[photo.path] for photo in dataset.photos]
        embeddings = None if self.embeddings is None else self.embeddings[chosen]
        return replace(self, dataset=dataset, embeddings=embeddings)

    def groups(self) -> list[list[Photo]]:
        """Photos of one part each, two or more."""
        members: dict[str, list[Photo]] = defaultdict(list)
        for photo in self.dataset.photos:
            if photo.group:
                members[photo.group].append(photo)
        return [photos for photos in members.values() if len(photos) > 1]

    def parts(self, label: str | None = None) -> int:
        """How many parts the photos show, as far as known."""
        photos = [p for p in self.dataset.photos if label in {None, p.label}]
        return len({("group", p.group) if p.group else ("photo", p.path) for p in photos})

    def column(self, name: str) -> npt.NDArray[np.float64]:
        """One fact of all photos that were measured (N,)."""
        return np.array([getattr(self.facts[p.path], name) for p in self.measured()], dtype=float)

    def measured(self) -> list[Photo]:
        """Photos that facts are known of."""
        return [photo for photo in self.dataset.photos if photo.path in self.facts]
