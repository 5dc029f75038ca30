"""Fingerprints of the training photos, by which their copies are recognised later."""

import importlib.util
from collections.abc import Sequence
from typing import TYPE_CHECKING

from okng.auditing.cache import cache_folder
from okng.auditing.image_statistics import Facts
from okng.dataset import Dataset, Photo
from okng.events import Progress
from okng.modelfile import Digests, Traces
from okng.modelfile.traces import pack
from okng.runs.layout import RunFolder

if TYPE_CHECKING:
    from okng.auditing.near.store import Store

MOST_FEATURES = 5_000
"""Photos whose local features a run folder keeps: about 50 kB each. Beyond, the user's cache alone
has them."""
LEARNED = ("train", "val")


def keep_features(dataset: Dataset, run: RunFolder, progress: Progress) -> None:
    """Put facts and local features of the photos into the run folder.

    What the audit has in its cache is copied; the rest is measured.
    """
    # OpenCV computes features; more photos would make a run folder of gigabytes
    if importlib.util.find_spec("cv2") is None or len(dataset) > MOST_FEATURES:
        return
    from okng.auditing.extract_features import gather  # noqa: PLC0415 - needs the extra
    from okng.auditing.near.store import Store  # noqa: PLC0415

    depth = dataset.depth
    with Store(run.traces, depth) as traces, Store(cache_folder(), depth) as cache:
        copy_features(cache, traces, [photo.sha256 for photo in dataset.photos])
        with progress.stage("traces", len(dataset)) as advance:
            gather(dataset, traces, advance)


def copy_features(source: "Store", target: "Store", digests: Sequence[str]) -> int:
    """Copy features of photos from one store into another that lacks them, by digest.

    Returns:
        How many of the photos the other store then holds.
    """
    known = target.known(digests)  # features are copied, not computed again
    facts = source.known([digest for digest in digests if digest not in known])
    for digest, text in facts.items():
        target.add(digest, text, source.features(digest))
    target.flush()
    return len(known) + len(facts)


def traces_of(dataset: Dataset, run: RunFolder, *, folds: bool) -> Traces:
    """The traces for the model file.

    Args:
        dataset: all photos of the run.
        run: its folder.
        folds: whether the classifier was fitted on validation photos, too.
    """
    # with folds every photo of train and val has taught a classifier
    taught = dataset.select(*(LEARNED if folds else LEARNED[:1])).photos
    chose = () if folds else dataset.select(LEARNED[1]).photos
    pixels = _pixels(run, [photo.sha256 for photo in (*taught, *chose)], dataset.depth)
    return Traces(taught=_digests(taught, pixels), chose=_digests(chose, pixels))


def _digests(photos: Sequence[Photo], pixels: dict[str, str]) -> Digests:
    known = [pixels[photo.sha256] for photo in photos if photo.sha256 in pixels]
    return Digests(files=pack(photo.sha256 for photo in photos), pixels=pack(known))


def _pixels(run: RunFolder, digests: Sequence[str], depth: int) -> dict[str, str]:
    """Digests of decoded pixels by digest of the file, of those photos that were measured."""
    if importlib.util.find_spec("cv2") is None:
        return {}
    from okng.auditing.near.store import Store  # noqa: PLC0415 - needs the extra

    pixels: dict[str, str] = {}
    for folder in (run.traces, cache_folder()):
        with Store(folder, depth) as store:
            known = store.known(digest for digest in digests if digest not in pixels)
            pixels |= {digest: Facts.from_json(text).pixels for digest, text in known.items()}
    return pixels
