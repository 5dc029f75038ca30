"""What every check may look at."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice

import numpy as np
import numpy.typing as npt

from okng.auditing.defects import Defect
from okng.auditing.findings import Entry, Pair
from okng.auditing.image_statistics import Facts
from okng.dataset import Dataset, Photo

_COPIES = 100  # equal photos that are looked through for one in the right split


def about(parts: int) -> str:
    """So many parts, in words; how many there are is never certain."""
    return "about one part" if parts == 1 else f"about {parts:,} parts"


class NearResult(Entry):
    """Near-duplicates by path, and how sure they are.

    Attributes:
        pairs: links of the groups.
        groups: paths of photos of one part each.
        threshold: agreeing features from which on a pair was accepted.
        false_match_rate: estimated share of false pairs; None if unknown.
        reason: how the threshold was found.
        checked: pairs that were compared.
        dropped: pairs whose link nobody confirmed.
        own_agreement: correlation, in [0, 1], from which on a pair was accepted whatever its
            features, after the common design was taken away; None where no design hides copies.
    """

    pairs: list[Pair]
    groups: list[list[str]]
    threshold: int
    false_match_rate: float | None
    reason: str
    checked: int
    dropped: list[Pair]
    own_agreement: float | None = None

    def renamed(self, names: Mapping[str, str]) -> "NearResult":
        """The same with other names in place of these."""

        def pairs(found: list[Pair]) -> list[Pair]:
            return [Pair(a=names[p.a], b=names[p.b], score=p.score) for p in found]

        groups = [[names[name] for name in group] for group in self.groups]
        return self.model_copy(
            update={"pairs": pairs(self.pairs), "groups": groups, "dropped": pairs(self.dropped)}
        )


@dataclass(frozen=True)
class Evidence:
    """Photos with digests and groups, and what was worked out of them.

    Attributes:
        dataset: photos; their groups hold all that is known of parts.
        facts: by path; empty where photos were not measured.
        near: near-duplicates, or None where they were not looked for.
        embeddings: float32 (N, D) in the order of the photos, or None.
        given: groups that the user gave, by path.
        defects: by path, of photos with a mask.
        image_size: height and width in pixels that the network will see; None where nobody asked.
    """

    dataset: Dataset
    facts: Mapping[str, Facts] = field(default_factory=dict)
    near: NearResult | None = None
    embeddings: npt.NDArray[np.float32] | None = None
    given: Mapping[str, str] = field(default_factory=dict)
    defects: Mapping[str, Defect] = field(default_factory=dict)
    image_size: int | None = None

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

    def closest(self, photo: Photo, among: Mapping[str, Photo]) -> tuple[Photo, float]:
        """Which of several photos of the same part shows best that it is the same, and how sure.

        Args:
            photo: one photo.
            among: others by path, at least one.

        Returns:
            An equal photo and 1; else one that is linked with it and the link's score; else any,
            and the score of its own strongest link: 1 where the user gave the group.
        """
        copies = self._copies[self.pixels(photo)]
        equal = next((p for p in islice(copies, _COPIES) if p in among and p != photo.path), None)
        if equal:
            return among[equal], 1.0
        own = self._links.get(photo.path) or self._links.get(copies[0], {})
        linked = max((path for path in own if path in among), key=own.__getitem__, default=None)
        if linked:
            return among[linked], own[linked]
        return next(iter(among.values())), max(own.values(), default=1.0)

    def pixels(self, photo: Photo) -> str:
        """The digest of its pixels; of its file, where pixels were not looked at."""
        facts = self.facts.get(photo.path)
        return facts.pixels if facts else photo.sha256

    @cached_property
    def _copies(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for photo in self.dataset.photos:
            found[self.pixels(photo)].append(photo.path)
        return found

    @cached_property
    def _links(self) -> dict[str, dict[str, float]]:
        found: dict[str, dict[str, float]] = defaultdict(dict)
        for pair in self.near.pairs if self.near else ():
            found[pair.a][pair.b] = found[pair.b][pair.a] = pair.score
        return found

    def column(self, name: str) -> npt.NDArray[np.float64]:
        """One fact of all photos that were measured (N,)."""
        return np.array([getattr(self.facts[p.path], name) for p in self.measured()], dtype=float)

    def measured(self) -> list[Photo]:
        """Photos that facts are known of."""
        return [photo for photo in self.dataset.photos if photo.path in self.facts]
