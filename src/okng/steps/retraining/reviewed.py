"""Reviewed photos, audited against those of a run.

A photo joins the training unless it is there already, shows a part of the test, or contradicts
another photo of the same part. Copies are found by the near-duplicate search of the audit, among
the photos of the run whose features are nearest: the others would cost a minute and show nothing.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from okng.dataset import Dataset, Photo, join_groups
from okng.error_codes import Code
from okng.errors import DatasetError
from okng.evaluation.results.retraining import ReviewAudit, ReviewConflict
from okng.events import Progress
from okng.steps.leakage.fingerprints import LEARNED
from okng.steps.leakage.matching import Matches, find_matches
from okng.steps.leakage.origin import Origin, find_origin
from okng.steps.relabel import Grouped, find_groups, read_labelled
from okng.steps.retraining.champion import Champion, relative_to

Nearest = Callable[[Dataset], Sequence[Photo]]
"""Gives the photos of the run that are most like those of a data set."""


class Additions(NamedTuple):
    """Old and new photos together.

    Attributes:
        dataset: those of the run, and the reviewed ones that join them, with groups and splits.
        added: paths of the reviewed ones.
        fresh: of these, paths of photos of parts that the champion has not learned.
        audit: what became of all reviewed photos.
    """

    dataset: Dataset
    added: frozenset[str]
    fresh: frozenset[str]
    audit: ReviewAudit


class _Sorted(NamedTuple):
    """Reviewed photos by what becomes of them; conflicts by path of the photo."""

    added: list[Photo]
    known: list[Photo]
    tested: list[Photo]
    unnamed: list[Photo]
    conflicts: dict[str, ReviewConflict]


def read_reviewed(champion: Champion, source: Path, progress: Progress) -> Grouped:
    """Read reviewed photos, and find those that show one part among themselves.

    Args:
        champion: the run that they are for.
        source: their manifest, as `okng records export-photos` writes it, or a folder.
        progress: receives the stages.

    Raises:
        DatasetError: they cannot be used.
    """
    metadata = champion.file.metadata
    dataset = read_labelled(source, metadata, ok=None, grouping=None, progress=progress)
    near = not champion.settings.data.no_near
    return find_groups(dataset, metadata.input.image_size, progress, near=near)


def join_reviewed(
    champion: Champion, reviewed: Grouped, nearest: Nearest, progress: Progress
) -> Additions:
    """Audit reviewed photos against those of the run, and put the sound ones beside them.

    Args:
        champion: the run.
        reviewed: as `read_reviewed` gives them.
        nearest: see `Nearest`.
        progress: receives the stages.

    Raises:
        DatasetError: the run does not belong to its model file, or no photo is left.
    """
    matches = _matches(champion, reviewed, nearest, progress)
    parts = _sorted(champion, reviewed, matches)
    audit = _audit(reviewed, parts, matches)
    if not parts.added:
        raise DatasetError(
            "No reviewed photo is left to learn from",
            where=reviewed.dataset.root,
            allowed=f"of {audit.reviewed} photos, {audit.known} are in the run already, "
            f"{audit.tested} show parts of its test, {len(audit.conflicts)} contradict another "
            f"photo, {audit.unnamed} have a label that is no class of the model",
            hint="Review further inspections, or correct the reviews that contradict.",
            code=Code.PHOTOS_TOO_FEW,
        )
    return _joined(champion, reviewed, parts.added, matches, audit)


def _matches(
    champion: Champion, reviewed: Grouped, nearest: Nearest, progress: Progress
) -> Matches:
    origin = find_origin(champion.run.model_file, champion.file.metadata)
    if origin is None or origin.manifest is None:
        raise DatasetError(
            "The manifest of the run is not that of its model file",
            where=champion.run.manifest,
            hint="Train again; a run folder is not to be changed by hand.",
            code=Code.RUN_DAMAGED,
        )
    close = frozenset(photo.path for photo in nearest(reviewed.dataset))
    photos = tuple(photo for photo in origin.manifest.photos if photo.path in close)
    few = Origin(origin.taught, origin.chose, origin.run, replace(origin.manifest, photos=photos))
    near = not champion.settings.data.no_near
    return find_matches(reviewed.dataset, reviewed.pixels, few, progress, near=near)


def _sorted(champion: Champion, reviewed: Grouped, matches: Matches) -> _Sorted:
    own = {photo.sha256: photo for photo in champion.dataset.photos}
    result = _Sorted([], [], [], [], _own_conflicts(reviewed))
    tested = _of_test(champion, reviewed.dataset, matches)
    for photo in map(champion_label(champion), reviewed.dataset.photos):
        twin, copies = own.get(photo.sha256), matches.learned.get(photo.path, [])
        other = next((o for o in (twin, *copies) if o and o.label != photo.label), None)
        if photo.path in result.conflicts:
            continue
        if photo.path in tested:
            result.tested.append(photo)
        elif photo.label not in (*champion.dataset.classes, *champion.dataset.rare):
            result.unnamed.append(photo)
        elif other is not None:
            result.conflicts[photo.path] = _conflict(photo, other)
        elif twin is not None or matches.ways.get(photo.path) in {"file", "pixels"}:
            result.known.append(photo)
        else:
            result.added.append(photo)
    return result


def champion_label(champion: Champion) -> Callable[[Photo], Photo]:
    """Gives photos the class of the model that their label means.

    A model of two classes knows one kind of defect, so each name of a defect is that one.
    """
    classes, ok = champion.file.metadata.classes, champion.file.metadata.ok_class
    defects = [name for name in classes if name != ok]

    def named(photo: Photo) -> Photo:
        if ok is None or len(defects) > 1 or photo.label in classes:
            return photo
        return replace(photo, label=defects[0])

    return named


def _own_conflicts(reviewed: Grouped) -> dict[str, ReviewConflict]:
    """Both sides of each contradiction among reviewed photos: nobody can tell which is right."""
    conflicts = {}
    for pair in reviewed.findings.label_conflicts:
        sides = ((pair.a, pair.label_a), (pair.b, pair.label_b))
        for (path, label), (other, other_label) in (sides, sides[::-1]):
            conflicts[path] = ReviewConflict(
                photo=path, label=label, other=other, other_label=other_label
            )
    return conflicts


def _conflict(photo: Photo, other: Photo) -> ReviewConflict:
    return ReviewConflict(
        photo=photo.path, label=photo.label, other=other.path, other_label=other.label
    )


def _of_test(champion: Champion, dataset: Dataset, matches: Matches) -> frozenset[str]:
    """Paths of photos that show a part of the test of the run."""
    own = {photo.sha256 for photo in champion.dataset.select("test").photos}
    direct = matches.tested | {p.path for p in dataset.photos if p.sha256 in own}
    groups = {photo.group for photo in dataset.photos if photo.path in direct} - {""}
    return direct | {photo.path for photo in dataset.photos if photo.group in groups}


def _audit(reviewed: Grouped, parts: _Sorted, matches: Matches) -> ReviewAudit:
    dataset = reviewed.dataset
    fresh = [photo for photo in parts.added if photo.path not in matches.ways]
    return ReviewAudit(
        reviewed=len(dataset) + len(dataset.unreadable),
        added=len(parts.added),
        fresh=len(fresh),
        known=len(parts.known),
        tested=len(parts.tested),
        unnamed=len(parts.unnamed),
        unreadable=len(dataset.unreadable),
        conflicts=tuple(parts.conflicts.values()),
        not_searched=matches.not_checked.get("near"),
    )


def _joined(
    champion: Champion,
    reviewed: Grouped,
    added: list[Photo],
    matches: Matches,
    audit: ReviewAudit,
) -> Additions:
    old, root = champion.dataset, champion.dataset.root
    names = {p.path: relative_to(root, reviewed.dataset.root / p.path) for p in added}
    # Groups of two data sets that were never one: equal names mean nothing.
    new = [
        replace(p, path=names[p.path], group=p.group and f"reviewed:{p.group}", split="")
        for p in added
    ]
    both = replace(old, photos=(*old.photos, *new))
    same = [[names[p.path], *(o.path for o in matches.learned.get(p.path, ()))] for p in added]
    both = join_groups(both, [part for part in same if len(part) > 1])
    photos = tuple(sorted(_split(both), key=lambda photo: photo.path))
    fresh = frozenset(names[p.path] for p in added if p.path not in matches.ways)
    return Additions(replace(both, photos=photos), frozenset(names.values()), fresh, audit)


def _split(dataset: Dataset) -> list[Photo]:
    """Photos with a split each: that of their part, else training or validation by its digest."""
    counts = {split: len(dataset.select(split)) for split in LEARNED}
    share = counts["val"] / max(1, sum(counts.values()))
    of_group = _splits_of_groups(dataset)
    return [
        photo
        if photo.split
        else replace(photo, split=of_group.get(photo.group) or _drawn(photo, share))
        for photo in dataset.photos
    ]


def _splits_of_groups(dataset: Dataset) -> Mapping[str, str]:
    """The split of each group that has one; training where a given split parts it."""
    splits: dict[str, set[str]] = defaultdict(set)
    for photo in dataset.photos:
        if photo.group and photo.split in LEARNED:
            splits[photo.group].add(photo.split)
    return {group: "train" if "train" in own else "val" for group, own in splits.items()}


def _drawn(photo: Photo, share: float) -> str:
    """Training or validation: the same whenever this part is asked for."""
    digest = hashlib.sha256((photo.group or photo.sha256).encode("utf-8", "surrogateescape"))
    return "val" if int.from_bytes(digest.digest()[:4]) < share * 2**32 else "train"
