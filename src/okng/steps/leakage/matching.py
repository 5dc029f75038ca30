"""Compares photos to judge with what a model file was made from."""

import importlib.util
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from okng.dataset import Dataset, Photo
from okng.events import Progress
from okng.steps.leakage.fingerprints import LEARNED
from okng.steps.leakage.origin import Origin

NEEDED = ("cv2", "faiss", "scipy", "threadpoolctl")
WAYS = ("file", "pixels", "near", "group")
"""How a photo is matched: equal bytes, equal pixels, a changed copy, or by the group it is in."""


@dataclass(frozen=True)
class Matches:
    """Photos that show parts which a model file was made from.

    Attributes:
        origin: what is known of it; None where nothing is.
        ways: by path, how it was matched, one of `WAYS`.
        taught: paths of those that show parts the network or its classifier was trained on.
        learned: by path, the training photos that show the same part, where they are known.
        tested: paths of others that show a part of the run's own test, and are not its photos: the
            model has not seen them, but they are no new parts.
        not_checked: by way, why it was not searched for.
    """

    origin: Origin | None
    ways: Mapping[str, str] = field(default_factory=dict)
    taught: frozenset[str] = frozenset()
    learned: Mapping[str, list[Photo]] = field(default_factory=dict)
    tested: frozenset[str] = frozenset()
    not_checked: Mapping[str, str] = field(default_factory=dict)


def find_matches(
    dataset: Dataset,
    pixels: Mapping[str, str],
    origin: Origin | None,
    progress: Progress,
    *,
    near: bool,
) -> Matches:
    """Look for training photos, their copies and their parts.

    Args:
        dataset: photos to judge, with digests and groups.
        pixels: digests of their decoded pixels by path, as far as they are known.
        origin: of the model file.
        progress: receives one stage.
        near: whether to search for turned or changed copies.
    """
    if origin is None:
        return Matches(None)
    not_checked = {}
    copied: Mapping[str, list[Photo]] = {}
    if reason := _not_near(origin, asked=near):
        not_checked["near"] = reason
    else:
        from okng.steps.leakage.copies import find_copies  # noqa: PLC0415 - needs the extra

        copied, missing = find_copies(dataset, origin, progress)
        if missing:
            not_checked["near"] = _lost(missing, origin)
    copies = {path: own for path, photos in copied.items() if (own := _learned(photos))}
    ways, taught = _direct(dataset, pixels, origin, copies)
    _carry_on(dataset, ways, taught)
    tested = _tested(dataset, origin, copied.keys() - ways.keys())
    return Matches(origin, ways, frozenset(taught), copies, tested, not_checked)


def _learned(photos: list[Photo]) -> list[Photo]:
    return [photo for photo in photos if photo.split in LEARNED]


def _tested(dataset: Dataset, origin: Origin, matched: AbstractSet[str]) -> frozenset[str]:
    """Of these paths, those that are not the run's own test photos, unchanged."""
    own = {photo.sha256 for photo in origin.tested}
    return frozenset(p.path for p in dataset.photos if p.path in matched and p.sha256 not in own)


def _direct(
    dataset: Dataset,
    pixels: Mapping[str, str],
    origin: Origin,
    copies: Mapping[str, list[Photo]],
) -> tuple[dict[str, str], set[str]]:
    """Ways of photos that match by themselves, and those that show a training photo."""
    ways: dict[str, str] = {}
    taught = set()
    for photo in dataset.photos:
        own = pixels.get(photo.path, "")
        learned = origin.taught.has(photo, own)  # byte by byte, else pixel by pixel
        # photos that chose weights or threshold leak as well
        way = learned or origin.chose.has(photo, own)
        way = way or ("near" if photo.path in copies else "")
        if way:
            ways[photo.path] = way
        if learned or any(origin.taught.has(other, "") for other in copies.get(photo.path, ())):
            taught.add(photo.path)
    return ways, taught


def _carry_on(dataset: Dataset, ways: dict[str, str], taught: set[str]) -> None:
    """Photos of one group show one part: what is known of one holds for all."""
    leaked = {photo.group for photo in dataset.photos if photo.path in ways} - {""}
    lessons = {photo.group for photo in dataset.photos if photo.path in taught} - {""}
    for photo in dataset.photos:  # the other photos of a part that leaks
        if photo.group in leaked:
            ways.setdefault(photo.path, "group")
        if photo.group in lessons:
            taught.add(photo.path)


def _not_near(origin: Origin, *, asked: bool) -> str:
    """Why changed copies are not searched for; empty where they are."""
    if not asked:
        return "left out on request"
    if origin.run is None:
        return "the run folder does not lie beside the model file"
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    return f"needs `pip install 'okng[audit]'` ({', '.join(missing)})" if missing else ""


def _lost(missing: int, origin: Origin) -> str:
    of = len({photo.sha256 for photo in origin.learned})
    which = "the" if missing == of else f"{missing:,} of the {of:,}"
    return f"the run folder and the cache hold no features of {which} training photos"
