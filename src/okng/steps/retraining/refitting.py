"""The classifier, its unfamiliarity and the scores of a challenger, from kept features."""

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from okng.config import ResolvedSettings
from okng.dataset import Dataset, Photo
from okng.evaluation import Scores
from okng.evaluation.statistics.intervals import Groups, group_numbers
from okng.events import Progress
from okng.export import FittedTensors
from okng.modelfile import Calibration, Metadata
from okng.steps.leakage.fingerprints import LEARNED
from okng.steps.out_of_fold import scores_of_logits
from okng.steps.retraining.features import FeatureTable, Floats
from okng.steps.retraining.reviewed import Additions
from okng.training import (
    Features,
    FittedAs,
    KeptMeasures,
    Learned,
    Refitted,
    TrainedModel,
    fit_detector,
    folds_due,
    photo_weights,
    refit,
)
from okng.training.novelty.mahalanobis import Measured, NoveltyDetector
from okng.training.probe.logistic_head import STRENGTHS

_MANY = 0.1
"""Share of added photos from which the strength of the regularisation is chosen again."""


class Challenger(NamedTuple):
    """A model whose classifier was fitted again.

    Attributes:
        model: the network with its new classifier, and its new novelty detector.
        dataset: the photos that it was fitted on, and those of the test.
        fitted: how the classifier was fitted.
        refitted: the fit, with scores out of fold.
        before: what the champion had in place of what was fitted; None where it cannot be told.
        fresh: photos that the champion has not learned from, in the order of `refitted.fresh`.
        measures: what the novelty detector was fitted on; None with too few parts.
    """

    model: TrainedModel
    dataset: Dataset
    fitted: FittedAs
    refitted: Refitted
    before: FittedTensors | None
    fresh: tuple[Photo, ...]
    measures: KeptMeasures | None


def refit_model(
    run: Path,
    model: TrainedModel,
    additions: Additions,
    table: FeatureTable,
    settings: ResolvedSettings,
    progress: Progress,
) -> Challenger:
    """Fit classifier and unfamiliarity again; the model is changed in place.

    Args:
        run: folder of the champion.
        model: of the champion.
        additions: old and new photos with groups and splits.
        table: features of all of them.
        settings: of the champion.
        progress: receives the stages.
    """
    dataset, tensors = additions.dataset, FittedTensors.of(model)
    photos = learned_photos(dataset)
    learned = _learned(dataset, photos, additions.fresh, table, settings)
    folds = _folds(learned, settings)
    before = FittedAs.read(run)
    many = len(additions.added) > _MANY * len(photos)
    strengths = STRENGTHS if before is None or many else (before.strength,)
    seed = settings.training.seed
    fitted = refit(learned, folds=folds, strengths=strengths, seed=seed, progress=progress)
    single = model.network.single_pass()
    classifier = single.linear_classifier
    if classifier is None:
        raise ValueError("the network has no linear classifier")
    classifier.load_state_dict(fitted.head.state_dict())
    single.set_reference(fitted.mean)
    measures = _measures(KeptMeasures.read(run), dataset, additions, table)
    detector = model.novelty if measures is None else _detector(measures, dataset)
    return Challenger(
        model._replace(novelty=detector),
        dataset,
        FittedAs(strength=fitted.strength, folds=folds),
        fitted,
        tensors,
        fresh_photos(additions),
        measures,
    )


def learned_photos(dataset: Dataset) -> tuple[Photo, ...]:
    """Training photos, then validation photos: the order of logits out of fold."""
    return tuple(photo for split in LEARNED for photo in dataset.select(split).photos)


def fresh_photos(additions: Additions) -> tuple[Photo, ...]:
    """Photos of parts that the champion has not learned, in the order of the refit."""
    return tuple(p for p in learned_photos(additions.dataset) if p.path in additions.fresh)


def score_photos(
    model: TrainedModel, metadata: Metadata, photos: tuple[Photo, ...], table: FeatureTable
) -> Scores:
    """Uncalibrated scores of photos by a model, from their features.

    Args:
        model: its classifier is linear in the features.
        metadata: of its model file.
        photos: whose features are in the table.
        table: of features.
    """
    plain = table.plain(photos)
    classifier = model.network.single_pass().linear_classifier
    if classifier is None:
        raise ValueError("the network has no linear classifier")
    with torch.no_grad():
        # the mean over orientations, as the network averages its logits
        logits: Tensor = classifier(torch.from_numpy(plain.mean(0)))
    return scores_of_logits(photos, logits, uncalibrated(metadata), unfamiliarity(model, plain[0]))


def unfamiliarity(model: TrainedModel, upright: Floats) -> Floats:
    """Unfamiliarity float32 (N,) of photos by their features (N, F); NaN without a detector."""
    if model.novelty is None:
        return np.full(len(upright), np.nan, np.float32)
    width = model.network.single_pass().descriptor_width
    with torch.no_grad():
        values: Tensor = model.novelty(torch.from_numpy(upright[:, :width].copy()))
    return np.asarray(values.numpy())


def uncalibrated(metadata: Metadata) -> Metadata:
    """The same with an identity for its calibration."""
    identity = Calibration.identity(len(metadata.classes))
    return metadata.model_copy(update={"calibration": identity})


def _learned(
    dataset: Dataset,
    photos: tuple[Photo, ...],
    fresh: frozenset[str],
    table: FeatureTable,
    settings: ResolvedSettings,
) -> Learned:
    split = np.array([photo.split for photo in photos])
    labels = replace(dataset, photos=photos).labels()
    parts = _parts(dataset, photos)
    weights = np.empty(len(photos), np.float32)
    for name in LEARNED:
        own = split == name  # as in training: each split has weights of mean 1
        weights[own] = photo_weights(labels[own], parts[own], settings.training.class_weights)
    columns = (torch.from_numpy(labels), torch.from_numpy(weights), torch.from_numpy(parts))
    values = np.concatenate([table.plain(photos), table.drawn(photos)])
    views = [Features(torch.from_numpy(view), *columns) for view in values]
    is_fresh = np.array([photo.path in fresh for photo in photos])
    return Learned(views, len(table.plain(photos[:1])), split == "train", is_fresh)


def _parts(dataset: Dataset, photos: tuple[Photo, ...]) -> Groups:
    """Number of the part of each photo, int64 (N,)."""
    numbers = group_numbers([photo.group for photo in dataset.photos])
    of_path = {photo.path: number for photo, number in zip(dataset.photos, numbers, strict=True)}
    return np.array([of_path[photo.path] for photo in photos], dtype=np.int64)


def _folds(learned: Learned, settings: ResolvedSettings) -> int:
    plain = learned.views[0]
    return folds_due(plain.labels.numpy(), plain.parts.numpy(), settings.training.folds)


def _measures(
    before: KeptMeasures | None, dataset: Dataset, additions: Additions, table: FeatureTable
) -> KeptMeasures | None:
    """What the detector is fitted on: training photos of before, and those that joined."""
    if before is None:
        return None
    joined = [
        photo
        for photo in dataset.select("train").photos
        if photo.path in additions.added and photo.sha256 not in before.digests
    ]
    if not joined:
        return before
    width = before.values.shape[1]
    values = np.concatenate([before.values, table.plain(joined)[0][:, :width]])
    return before._replace(
        digests=(*before.digests, *(photo.sha256 for photo in joined)), values=values
    )


def _detector(measures: KeptMeasures, dataset: Dataset) -> NoveltyDetector | None:
    photos = dataset.select("train").photos
    parts = dict(zip((p.sha256 for p in photos), _parts(dataset, photos).tolist(), strict=True))
    numbers = np.array([parts[digest] for digest in measures.digests], dtype=np.int64)
    return fit_detector(Measured(measures.values, numbers, measures.changes, measures.rows))
