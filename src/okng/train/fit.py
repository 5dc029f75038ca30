"""The training stage: decoded photos in, a trained network and its files out."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from torch.utils.data import DataLoader

from okng.config import PLAIN, ClassWeights, Depth, Folds, Recipe, Settings
from okng.modelfile import InputRules
from okng.progress import Progress
from okng.train import saved
from okng.train.acquaint import acquaint
from okng.train.architecture import PLAIN_NAME, Architecture
from okng.train.backbone import Backbone
from okng.train.batches import Batch, PhotoArray, loader
from okng.train.depths import MultiDepth
from okng.train.epochs import run_epochs
from okng.train.faults import in_own_words
from okng.train.folds import folds_due
from okng.train.freeze import freeze_first_layers
from okng.train.inputs import Prepare, statistics
from okng.train.joined import Joined, typical_of
from okng.train.keeper import Keeper
from okng.train.linear_start import labels_and_parts, linear_start
from okng.train.module import Learner
from okng.train.rows import KeptRows, keep_rows
from okng.train.saved import TrainedModel
from okng.train.straight import decided_turns
from okng.train.views import photos_of_an_epoch
from okng.train.weighing import photo_weights
from okng.train.weights import Pretrained, build_pretrained

_FOLDS = {Folds.AUTO: None, Folds.ALWAYS: True, Folds.NEVER: False}


class Sample(NamedTuple):
    """Decoded photos of one split.

    Attributes:
        photos: uint8 (N, S, S, 3).
        labels: class indices, int64 (N,).
        groups: int64 (N,), equal for photos of one part; None when each photo is a part.
    """

    photos: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.int64]
    groups: npt.NDArray[np.int64] | None = None


class Task(NamedTuple):
    """What is to be learned.

    Attributes:
        train: photos to learn from.
        validation: photos that choose the best weights.
        classes: names; the OK class, if any, is first.
        ok_class: name of the OK class, or None.
        grey: whether the network sees grey.
    """

    train: Sample
    validation: Sample
    classes: tuple[str, ...]
    ok_class: str | None
    grey: bool


@in_own_words()
def fit(
    task: Task,
    settings: Settings,
    run: Path,
    progress: Progress,
    *,
    deadline: float | None = None,
    told: Callable[[Mapping[str, float]], None] | None = None,
) -> TrainedModel:
    """Train a network and leave the four .pth files and `history.csv` in the run folder.

    Where `models/checkpoint.pth` exists, training goes on from it, to the same result.

    Args:
        task: photos and classes.
        settings: resolved, see `config.resolve`.
        run: the run folder.
        progress: receives one stage with a step per batch.
        deadline: on `time.monotonic`, when epochs shall end; None for no hurry.
        told: is told every row of the history.

    Raises:
        ConfigError: the network is unknown or does not take the image size.
        TrainingError: no weights can be reached, memory does not suffice, or the loss is no longer
            a number.
    """
    full = run / "models" / saved.FULL
    if full.exists():
        return saved.load_full(full)
    torch.manual_seed(settings.training.seed)
    architecture = _architecture(task, settings)
    if _is_thorough(settings) and not architecture.joined:
        progress.say("the classifier comes from folds, as in quick: no layers learn beside it")
        settings = _without_epochs(settings)
    settings = decided_turns(settings, task.train.photos, progress)
    pretrained = build_pretrained(architecture)
    rules = _rules(task, architecture, pretrained)
    network = pretrained.network
    start_stays = _learn(network, Prepare(rules), task, settings, run, progress, deadline, told)
    network.load_state_dict(saved.load(run / "models" / saved.BEST))
    if isinstance(network, Joined) and start_stays:
        network, architecture = network.frozen, architecture.model_copy(update={"joined": False})
    network.to(memory_format=torch.contiguous_format).eval()
    seen = PhotoArray(task.train.photos, task.train.labels, None, task.train.groups)
    model = TrainedModel(
        network,
        architecture,
        rules,
        task.classes,
        task.ok_class,
        pretrained.source,
        pretrained.licence,
        acquaint(network, Prepare(rules), seen, settings.augment, progress),
    )
    saved.save_full(model, full)
    return model


def _architecture(task: Task, settings: Settings) -> Architecture:
    plain = settings.model.name == PLAIN_NAME
    return Architecture(
        settings=settings.model,
        classes=len(task.classes),
        channels=1 if plain and task.grey else 3,
        image_size=task.train.photos.shape[1],
        joined=_layers_learn_beside(task, settings),
    )


def _is_thorough(settings: Settings) -> bool:
    """Whether a second network may learn beside one that is read at all depths."""
    model, training = settings.model, settings.training
    read = model.depth_read is Depth.ALL and model.weights != "random" and model.name != PLAIN_NAME
    return training.recipe is Recipe.THOROUGH and training.epochs != 0 and read


def _layers_learn_beside(task: Task, settings: Settings) -> bool:
    """Whether it does: where parts are few, it would learn them by heart."""
    if not _is_thorough(settings):
        return False
    splits = (PhotoArray(s.photos, s.labels, None, s.groups) for s in _numbered(task))
    wanted = _FOLDS[settings.training.folds or Folds.AUTO]
    return not folds_due(*labels_and_parts(*splits), wanted)


def _without_epochs(settings: Settings) -> Settings:
    training = settings.training.model_copy(update={"epochs": 0})
    return settings.model_copy(update={"training": training})


def _rules(task: Task, architecture: Architecture, pretrained: Pretrained) -> InputRules:
    mean, std = pretrained.mean, pretrained.std
    if mean is None or std is None:
        mean, std = statistics(PhotoArray(task.train.photos, task.train.labels), grey=task.grey)
    return InputRules(
        image_size=architecture.image_size,
        grey=task.grey,
        channels=architecture.channels,
        mean=mean,
        std=std,
    )


def _learn(
    network: nn.Module,
    prepare: Prepare,
    task: Task,
    settings: Settings,
    run: Path,
    progress: Progress,
    deadline: float | None,
    told: Callable[[Mapping[str, float]], None] | None,
) -> bool:
    """Leave the best weights; whether these are the ones that no epoch has changed."""
    training = settings.training
    epochs = training.epochs or 0
    pretrained = settings.model.weights != "random" and isinstance(
        network, Backbone | MultiDepth | Joined
    )
    train, validation = (_counted(s, training.class_weights) for s in _numbered(task))
    batches = _drawn(task.train, train, settings, pretrained=pretrained)
    held_out = loader(validation, 2 * training.batch_size, None)
    network.to(memory_format=torch.channels_last)
    learner = Learner(
        network,
        prepare,
        settings=settings.augment,
        lr=training.lr or PLAIN.lr,
        steps=len(batches) * epochs,
        seed=training.seed,
        frozen=freeze_first_layers(network, settings.model.freeze) if pretrained else [],
        rates=network.rates(training.lr or PLAIN.lr) if isinstance(network, Joined) else None,
    )
    checkpoint = run / "models" / saved.CHECKPOINT
    if epochs == 0 and checkpoint.exists():
        return True
    kept = start = None
    if pretrained and epochs:
        kept = keep_rows(learner, train, validation, settings.data.memory_limit_gb, progress)
    if pretrained and not checkpoint.exists():
        folds = _FOLDS[training.folds or Folds.AUTO] if epochs == 0 else False
        first = learner.of(network.frozen) if isinstance(network, Joined) else learner
        start = linear_start(first, train, validation, progress, kept, folds)
    if start is not None and start.unseen is not None:
        saved.save({"logits": start.unseen}, run / "models" / saved.UNSEEN)
    keeper = Keeper(run, training.patience or 1, start and start.row, told=told, deadline=deadline)
    if epochs == 0:
        keeper.keep_start(network)
        return True
    learning = learner
    if kept is not None:
        learning, batches, held_out = kept.of_upper(learner, batches, held_out)
    if pretrained:
        learning.start_average()
    run_epochs(learning, batches, held_out, keeper, training, run, progress)
    if keeper.start_is_best:
        folds = _FOLDS[training.folds or Folds.AUTO]
        _start_from_folds(learner, train, validation, kept, folds, run, progress)
    elif kept is not None and isinstance(network, MultiDepth):
        _renew_typical(network, kept, run / "models" / saved.BEST)
    elif isinstance(network, Joined):
        _learn_typical(network, prepare, train, run / "models" / saved.BEST)
    return keeper.start_is_best


def _start_from_folds(
    learner: Learner,
    train: PhotoArray,
    validation: PhotoArray,
    kept: KeptRows | None,
    folds: bool | None,
    run: Path,
    progress: Progress,
) -> None:
    """The start that no epoch was better than, with a classifier from folds where these are due."""
    if not folds_due(*labels_and_parts(train, validation), folds):
        return
    progress.say("no epoch was better than the start: its classifier is fitted again, in folds")
    learner.network.load_state_dict(saved.load(run / "models" / saved.BEST))
    start = linear_start(learner, train, validation, progress, kept, folds)
    if start is not None:
        saved.save({"logits": start.unseen}, run / "models" / saved.UNSEEN)
        saved.save(saved.weights_of(learner.network), run / "models" / saved.BEST)


def _renew_typical(network: MultiDepth, kept: KeptRows, best: Path) -> None:
    """The average photo as the layers see it that have learned: heatmaps start from it."""
    network.load_state_dict(saved.load(best))
    network.typical.copy_(kept.typical())
    saved.save(saved.weights_of(network), best)


def _learn_typical(network: Joined, prepare: Prepare, train: PhotoArray, best: Path) -> None:
    """The same for the network that has learned as a whole."""
    network.load_state_dict(saved.load(best))
    network.tuned.typical.copy_(typical_of(network.tuned.eval(), prepare, train))
    saved.save(saved.weights_of(network), best)


def _numbered(task: Task) -> tuple[Sample, Sample]:
    """Photos to learn from and those held out, no part of which has the number of another."""
    if task.train.groups is not None and task.validation.groups is not None:
        return task.train, task.validation
    count = len(task.train.labels)
    apart = count + np.arange(len(task.validation.labels))
    return task.train._replace(groups=None), task.validation._replace(groups=apart)


def _counted(sample: Sample, how: ClassWeights) -> PhotoArray:
    """Photos of a split, each with what it counts."""
    weights = photo_weights(sample.labels, sample.groups, how)
    return PhotoArray(sample.photos, sample.labels, weights, sample.groups)


def _drawn(
    sample: Sample, counted: PhotoArray, settings: Settings, *, pretrained: bool
) -> DataLoader[Batch]:
    """Batches to learn from. Where parts have several photos, parts are drawn, not photos."""
    training = settings.training
    if sample.groups is None or len(np.unique(sample.groups)) == len(sample.groups):
        return loader(counted, training.batch_size, training.seed)
    alike = PhotoArray(sample.photos, sample.labels, None, sample.groups)
    drawn = photos_of_an_epoch(sample.groups) if pretrained else None
    return loader(alike, training.batch_size, training.seed, counted.weights.numpy(), drawn)
