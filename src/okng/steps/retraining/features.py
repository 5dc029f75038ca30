"""Features of photos by digest: those that a run has kept, and those of further photos."""

import os
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from okng.dataset import Dataset, Photo, load_photos
from okng.errors import TrainingError
from okng.events import Progress
from okng.runs.layout import ModelsFolder
from okng.steps.retraining.champion import Champion
from okng.training import FeatureBlock, TrainedModel, further_features, stored_blocks
from okng.wording import mark

Floats = npt.NDArray[np.float32]
TESTED, ADDED = "tested", "added"
"""Names of blocks: features of test photos, and of photos that joined in a retraining."""
_NEAREST = 8  # photos of the run that each reviewed photo is compared with


class Place(NamedTuple):
    """Where the features of a photo are.

    Attributes:
        block: number of the block.
        row: in it.
    """

    block: int
    row: int


class FeatureTable:
    """Features by digest.

    Args:
        blocks: as a run keeps them.
    """

    def __init__(self, blocks: Iterable[FeatureBlock]) -> None:
        self._blocks: list[FeatureBlock] = []
        self._places: dict[str, Place] = {}
        for block in blocks:
            self.add(block)

    def add(self, block: FeatureBlock) -> None:
        """Add a block; what was there of the same photos stays."""
        number = len(self._blocks)
        self._blocks.append(block)
        for row, digest in enumerate(block.digests):
            self._places.setdefault(digest, Place(number, row))

    @property
    def draws(self) -> int:
        """Random draws of each photo that a classifier is fitted on."""
        return len(self._blocks[0].drawn)

    def missing(self, photos: Iterable[Photo]) -> list[Photo]:
        """Photos whose features are not there, each digest once."""
        unknown = {p.sha256: p for p in photos if p.sha256 not in self._places}
        return list(unknown.values())

    def plain(self, photos: Sequence[Photo]) -> Floats:
        """Features of the photos as they are, float32 (P, N, F)."""
        return self._taken([block.plain for block in self._blocks], photos)

    def drawn(self, photos: Sequence[Photo]) -> Floats:
        """Features of their random draws, float32 (D, N, F)."""
        return self._taken([block.drawn for block in self._blocks], photos)

    def _taken(self, blocks: list[Floats], photos: Sequence[Photo]) -> Floats:
        places = np.array([self._places[photo.sha256] for photo in photos]).reshape(-1, 2)
        views, width = blocks[0].shape[0], blocks[0].shape[2]
        values = np.empty((views, len(photos), width), np.float32)
        for number in np.unique(places[:, 0]):
            at = places[:, 0] == number
            values[:, at] = blocks[number][:, places[at, 1]]
        return values


def read_table(champion: Champion) -> FeatureTable:
    """The features that a run has kept.

    Raises:
        TrainingError: they are damaged, or not those of its photos.
    """
    table = FeatureTable(stored_blocks(champion.run.folder))
    if table.missing(champion.dataset.select("train", "val").photos):
        raise TrainingError(
            "The run has not kept the features of all its photos",
            where=ModelsFolder(champion.run.folder).features,
            hint="Delete the folder of the features; the run is then trained anew.",
        )
    return table


def add_tested(
    champion: Champion, model: TrainedModel, table: FeatureTable, progress: Progress
) -> None:
    """Compute the features of the test photos, once for the run."""
    missing = table.missing(champion.dataset.select("test").photos)
    if missing:
        progress.say(mark("features of the test photos are computed once, and kept"))
        block = _computed(champion, champion.dataset, model, missing, progress, draws=0)
        block.write(ModelsFolder(champion.run.folder).features, TESTED)
        table.add(block)


def added_block(
    champion: Champion,
    dataset: Dataset,
    model: TrainedModel,
    table: FeatureTable,
    photos: Iterable[Photo],
    progress: Progress,
) -> FeatureBlock | None:
    """Features of photos that join; None where all are there.

    Args:
        champion: the run.
        dataset: that the photos are of.
        model: of the run.
        table: receives the features.
        photos: that are needed.
        progress: receives two stages.
    """
    missing = table.missing(photos)
    if not missing:
        return None
    block = _computed(champion, dataset, model, missing, progress, draws=table.draws)
    table.add(block)
    return block


def hand_on(champion: Champion, challenger: Path, block: FeatureBlock | None) -> None:
    """Give a challenger the features of its champion, and those of the photos that joined.

    Blocks never change, so both runs share their files where the file system can.
    """
    source, target = ModelsFolder(champion.run.folder), ModelsFolder(challenger)
    target.features.mkdir(parents=True, exist_ok=True)
    names = [path.name for path in sorted(source.features.glob("*.npz"))]
    for name in names:
        share_file(source.features / name, target.features / name)
    if block is not None:
        number = sum(name.startswith(ADDED) for name in names) + 1
        block.write(target.features, f"{ADDED}-{number:04d}")


def nearest_photos(table: FeatureTable, dataset: Dataset, among: Sequence[Photo]) -> list[Photo]:
    """Photos whose features are nearest to those of some photo of a data set.

    Args:
        table: has the features of all of them.
        dataset: photos to look for.
        among: photos to choose from.
    """
    known, asked = (table.plain(photos).mean(0) for photos in (among, dataset.photos))
    mean, deviation = known.mean(0), known.std(0) + 1e-6
    known, asked = _unit((known - mean) / deviation), _unit((asked - mean) / deviation)
    count = min(_NEAREST, len(among))
    rows = np.argpartition(-(asked @ known.T), count - 1, axis=1)[:, :count]
    return [among[row] for row in np.unique(rows)]


def _unit(values: Floats) -> Floats:
    return np.asarray(values / (np.linalg.norm(values, axis=1, keepdims=True) + 1e-9))


def _computed(
    champion: Champion,
    dataset: Dataset,
    model: TrainedModel,
    photos: list[Photo],
    progress: Progress,
    *,
    draws: int,
) -> FeatureBlock:
    rules = champion.file.metadata.input
    with progress.stage("decode photos", len(photos)) as advance:
        pixels = load_photos(
            [dataset.root / photo.path for photo in photos],
            rules.image_size,
            on_done=advance,
            memory_limit_gb=champion.settings.data.memory_limit_gb,
            depth=rules.depth,
            reduced_side=rules.reduced_side,
        )
    digests = [photo.sha256 for photo in photos]
    settings = champion.settings
    # Draws of another seed than those of the training: its batches had other photos.
    seed = settings.training.seed + 1 + len(digests)
    return further_features(
        model, pixels, digests, settings.augment, progress, draws=draws, seed=seed
    )


def share_file(source: Path, target: Path) -> None:
    """Give two folders one file that nobody changes; a copy where the file system has no links."""
    try:
        os.link(source, target)
    except OSError:  # another file system, or one without links
        shutil.copyfile(source, target)
