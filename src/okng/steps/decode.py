"""The second stage: decode the photos once, train the network."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from okng.config import Color, Decode, ResolvedSettings
from okng.dataset import Dataset, load_photos
from okng.evaluation.statistics.intervals import Groups, group_numbers
from okng.events import Progress
from okng.preprocess import is_grey, side_to_keep
from okng.runs.layout import ModelsFolder, RunFolder
from okng.training import (
    Sample,
    Task,
    check_batch,
    check_devices,
    fit,
    load_full,
)

LEARNED = ("train", "val")
Samples = Mapping[str, Sample]
"""Decoded photos by split: train, val, test."""


def learn(
    dataset: Dataset,
    run: RunFolder,
    settings: ResolvedSettings,
    progress: Progress,
    *,
    deadline: float | None = None,
) -> Samples:
    """Train on the photos of a manifest; leave the .pth files and `history.csv`.

    Args:
        dataset: photos with their splits.
        run: the run folder.
        settings: resolved.
        progress: receives one stage a split.
        deadline: on `time.monotonic`, when epochs shall end; None for no hurry.

    Raises:
        ConfigError: a batch is larger than all training photos, there are fewer devices, the
            network is unknown, or it does not take the image size.
        DatasetError: a photo vanished.
        TrainingError: training cannot continue.
    """
    check_batch(settings, len(dataset.select("train")))
    check_devices(settings)  # again: a run may continue on another machine
    side = reduced_side(dataset, run, settings)
    samples = decode_all(dataset, settings, progress, side)
    task = Task(
        samples["train"],
        samples["val"],
        dataset.classes,
        dataset.ok_class,
        grey=sees_grey(samples["train"].photos, settings.data.color),
        reduced_side=side,
        digests=tuple(p.sha256 for s in LEARNED for p in dataset.select(s).photos),
    )
    fit(task, settings, run.folder, progress, deadline=deadline)
    return samples


def decode_all(
    dataset: Dataset, settings: ResolvedSettings, progress: Progress, side: int
) -> Samples:
    """Decode all photos, JPEGs as far reduced as `side` allows, see `preprocess.decode`.

    Raises:
        DatasetError: a photo vanished.
    """
    # (N,) of all photos: a part keeps its number in every split
    numbers = group_numbers([photo.group for photo in dataset.photos])
    return {
        split: _decode(dataset, split, numbers, settings, progress, side)
        for split in ("train", "val", "test")
    }


def reduced_side(dataset: Dataset, run: RunFolder, settings: ResolvedSettings) -> int:
    """Shorter side that JPEGs keep at least, in pixels; 0 where they are decoded at full size.

    That is so where no validation photo would be reduced, since nothing could then be checked. A
    network that is trained already keeps what it was trained with.
    """
    full = ModelsFolder(run.folder).full
    if full.exists():
        return load_full(full).rules.reduced_side
    if settings.data.decode is Decode.FULL:
        return 0
    return side_to_keep(dataset.select("val").paths(), settings.data.image_size)


def _decode(
    dataset: Dataset,
    split: str,
    numbers: Groups,
    settings: ResolvedSettings,
    progress: Progress,
    side: int,
) -> Sample:
    part = dataset.select(split)
    with progress.stage(f"decode {split}", len(part)) as advance:
        photos = load_photos(
            part.paths(),
            settings.data.image_size,
            on_done=advance,
            memory_limit_gb=settings.data.memory_limit_gb,
            depth=dataset.depth,
            reduced_side=side,
        )
    chosen = np.array([photo.split == split for photo in dataset.photos])
    return Sample(photos, part.labels(), numbers[chosen])


def sees_grey(photos: npt.NDArray[np.uint8], color: Color) -> bool:
    """Whether a network sees grey: as asked, or where all photos (N, S, S, 3) are grey."""
    if color is not Color.AUTO:
        return color is Color.GREY
    # 512 at a time: a comparison of all photos would need as much memory again
    return all(is_grey(some) for some in np.array_split(photos, -(-len(photos) // 512)))
