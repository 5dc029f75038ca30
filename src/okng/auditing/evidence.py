"""The evidence that the checks use: photos with groups, and what was computed from them."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from itertools import islice

import numpy as np
import numpy.typing as npt

from okng.auditing.defects import Defect
from okng.auditing.findings import Entry, Pair
from okng.auditing.image_statistics import Facts
from okng.dataset import Dataset, Photo

_COPIES = 100  # identical photos that `closest` searches, so that thousands of copies cost little
NOT_MEASURED = "no photo could be measured"


class Need(StrEnum):
    """Kinds of evidence that may be missing.

    Attributes:
        FACTS: measured properties of the photos.
        NEAR: the search for near duplicates.
        EMBEDDINGS: embeddings of a pretrained network.
        DEFECTS: sizes of defects from masks.
        SCIKIT_LEARN: the package.
    """

    FACTS = "facts"
    NEAR = "near"
    EMBEDDINGS = "embeddings"
    DEFECTS = "defects"
    SCIKIT_LEARN = "scikit-learn"


class NearResult(Entry):
    """Near duplicates by path, with the thresholds of the search.

    Attributes:
        pairs: links of the groups.
        groups: for each part, the paths of its photos.
        threshold: number of agreeing features from which a pair is accepted.
        false_match_rate: estimated fraction of false pairs; None if unknown.
        reason: how the threshold was determined.
        checked: number of pairs that were compared.
        dropped: pairs whose link was not confirmed by other photos.
        own_agreement: correlation, in [0, 1], from which a pair is accepted whatever its
            features, after the common design was removed; None if there is no common design.
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
        """The same with other names of the photos.

        Args:
            names: by present name.
        """

        def pairs(before: list[Pair]) -> list[Pair]:
            return [Pair(a=names[p.a], b=names[p.b], score=p.score) for p in before]

        groups = [[names[name] for name in group] for group in self.groups]
        return self.model_copy(
            update={"pairs": pairs(self.pairs), "groups": groups, "dropped": pairs(self.dropped)}
        )


@dataclass(frozen=True)
class Evidence:
    """Photos with digests and groups, and what was computed from them.

    Attributes:
        dataset: photos; their groups include given groups, copies and near duplicates.
        facts: by path; empty if photos were not measured.
        near: near duplicates; None if they were not searched for.
        embeddings: float32 (N, D) in the order of the photos, or None.
        given: groups that the user gave, by path.
        defects: by path, for photos with a mask.
        image_size: height and width of the network's input, in pixels; None if not requested.
        missing: why a kind of evidence is missing.
    """

    dataset: Dataset
    facts: Mapping[str, Facts] = field(default_factory=dict)
    near: NearResult | None = None
    embeddings: npt.NDArray[np.float32] | None = None
    given: Mapping[str, str] = field(default_factory=dict)
    defects: Mapping[str, Defect] = field(default_factory=dict)
    image_size: int | None = None
    missing: Mapping[Need, str] = field(default_factory=dict)

    def lacks(self, need: Need) -> str | None:
        """Why a kind of evidence is missing; None if it is there."""
        if need is Need.FACTS and not self.facts:
            return NOT_MEASURED
        return self.missing.get(need)

    def restricted(self, dataset: Dataset) -> "Evidence":
        """The evidence on a subset of the photos, whose splits may differ."""
        rows = {photo.path: row for row, photo in enumerate(self.dataset.photos)}
        chosen = [rows[photo.path] for photo in dataset.photos]
        embeddings = None if self.embeddings is None else self.embeddings[chosen]
        return replace(self, dataset=dataset, embeddings=embeddings)

    def groups(self) -> list[list[Photo]]:
        """Groups of two or more photos of one part."""
        members: dict[str, list[Photo]] = defaultdict(list)
        for photo in self.dataset.photos:
            if photo.group:
                members[photo.group].append(photo)
        return [photos for photos in members.values() if len(photos) > 1]

    def parts(self, label: str | None = None) -> int:
        """Number of parts on the photos (of one class, if given): groups and single photos."""
        photos = [p for p in self.dataset.photos if label in {None, p.label}]
        return len({("group", p.group) if p.group else ("photo", p.path) for p in photos})

    def closest(self, photo: Photo, among: Mapping[str, Photo]) -> tuple[Photo, float]:
        """The photo, of several of the same part, that is most alike; with a score in [0, 1].

        Args:
            photo: one photo.
            among: others by path, at least one.

        Returns:
            An identical photo and 1; else a linked photo and the score of the link; else any, and
            the score of the photo's own strongest link, or 1 without links (a given group).
        """
        copies = self._copies[self.pixels(photo)]
        equal = next((p for p in islice(copies, _COPIES) if p in among and p != photo.path), None)
        if equal:
            return among[equal], 1.0
        # Only the first of identical photos was searched for, so the others use its links.
        own = self._links.get(photo.path) or self._links.get(copies[0], {})
        linked = max((path for path in own if path in among), key=own.__getitem__, default=None)
        if linked:
            return among[linked], own[linked]
        return next(iter(among.values())), max(own.values(), default=1.0)

    def pixels(self, photo: Photo) -> str:
        """The digest of the pixels; the digest of the file if the photo was not measured."""
        facts = self.facts.get(photo.path)
        return facts.pixels if facts else photo.sha256

    @cached_property
    def _copies(self) -> dict[str, list[str]]:
        paths: dict[str, list[str]] = defaultdict(list)
        for photo in self.dataset.photos:
            paths[self.pixels(photo)].append(photo.path)
        return paths

    @cached_property
    def _links(self) -> dict[str, dict[str, float]]:
        scores: dict[str, dict[str, float]] = defaultdict(dict)
        for pair in self.near.pairs if self.near else ():
            scores[pair.a][pair.b] = scores[pair.b][pair.a] = pair.score
        return scores

    def column(self, name: str) -> npt.NDArray[np.float64]:
        """One fact of all measured photos, float64 (N,)."""
        return np.array([getattr(self.facts[p.path], name) for p in self.measured()], dtype=float)

    def measured(self) -> list[Photo]:
        """The measured photos, in the order of the data set."""
        return [photo for photo in self.dataset.photos if photo.path in self.facts]
