"""The second stage: decode the photos once, train the network."""

from collections.abc import Mapping

import numpy as np

from okng.config import Color, Settings
from okng.dataset import Dataset, load_photos
from okng.evaluate.intervals import Groups, group_numbers
from okng.preprocess import is_grey
from okng.progress import Progress
from okng.run import RunFolder
from okng.train import Sample, Task, TrainedModel, check_batch, fit

Samples = Mapping[str, Sample]
"""Decoded photos by split: train, val, test."""


def learn(
    dataset: Dataset,
    run: RunFolder,
    settings: Settings,
    progress: Progress,
    deadline: float | None = None,
) -> tuple[TrainedModel, Samples]:
    """Train on the photos of a manifest; leave the .pth files and `history.csv`.

    Raises:
        ConfigError: a batch is larger than all training photos, the network is unknown, or it does
            not take the image size.
        DatasetError: a photo vanished.
        TrainingError: training cannot go on.
    """
    check_batch(settings, len(dataset.select("train")))
    numbers = group_numbers([photo.group for photo in dataset.photos])
    samples = {
        split: _decode(dataset, split, numbers, settings, progress)
        for split in ("train", "val", "test")
    }
    task = Task(
        samples["train"],
        samples["val"],
        dataset.classes,
        dataset.ok_class,
        grey=_grey(samples["train"], settings.data.color),
    )
    return fit(task, settings, run.folder, progress, deadline), samples


def _decode(
    dataset: Dataset, split: str, numbers: Groups, settings: Settings, progress: Progress
) -> Sample:
    part = dataset.select(split)
    with progress.stage(f"decode {split}", len(part)) as advance:
        photos = load_photos(
            part.paths(),
            settings.data.image_size or 0,
            on_done=advance,
            memory_limit_gb=settings.data.memory_limit_gb,
        )
    chosen = np.array([photo.split == split for photo in dataset.photos])
    return Sample(photos, part.labels(), numbers[chosen])


def _grey(sample: Sample, color: Color) -> bool:
    if color is not Color.AUTO:
        return color is Color.GREY
    return all(
        is_grey(photos) for photos in np.array_split(sample.photos, -(-len(sample.photos) // 512))
    )
