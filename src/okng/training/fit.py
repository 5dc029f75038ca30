"""The training stage: decoded photos in, a trained network and its files out."""

from functools import partial
from pathlib import Path

import torch

from okng.config import Recipe, ResolvedSettings
from okng.events import Progress
from okng.modelfile import WHOLE_RESIZE, InputRules
from okng.runs.layout import ModelsFolder
from okng.training import artifacts
from okng.training.artifacts import TrainedModel
from okng.training.data.axis_alignment import decided_turns
from okng.training.data.loader import PhotoArray
from okng.training.data.samples import Task
from okng.training.error_mapping import mapped_errors
from okng.training.networks.architecture import Architecture
from okng.training.networks.layers.input_transform import Prepare, statistics
from okng.training.networks.pretrained import Pretrained, build_pretrained
from okng.training.networks.registry import averaged, is_own, reads_depths
from okng.training.novelty.fit_novelty import fit_novelty_detector
from okng.training.novelty.kept_measures import keep_measured
from okng.training.phases import RunControls
from okng.training.probe.cross_fit import only_probe
from okng.training.probe.kept_features import has_features
from okng.training.probe.linear_probe import labels_and_parts
from okng.training.quantization.int8_trunk import has_int8_trunk
from okng.training.sequence import TrainingSequence
from okng.wording import mark


@mapped_errors()
def fit(
    task: Task,
    settings: ResolvedSettings,
    run: Path,
    progress: Progress,
    *,
    deadline: float | None = None,
) -> TrainedModel:
    """Train a network and leave the four .pth files and `history.csv` in the run folder.

    Where `models/checkpoint.pth` exists, training resumes from it, to the same result.

    Args:
        task: photos and classes.
        settings: resolved, see `config.resolve`.
        run: the run folder.
        progress: receives one stage with a step per batch.
        deadline: on `time.monotonic`, when epochs shall end; None for no limit.

    Raises:
        ConfigError: the network is unknown or does not take the image size.
        TrainingError: no weights can be reached, memory does not suffice, or the loss is not
            finite.
    """
    full = ModelsFolder(run).full
    if full.exists():
        return artifacts.load_full(full)
    torch.manual_seed(settings.training.seed)  # of new layers; batches seed themselves
    settings = _for_few_parts(task, settings, progress)
    architecture = _architecture(task, settings)
    settings = decided_turns(settings, task.train.photos, progress)
    pretrained = build_pretrained(architecture)
    rules = _rules(task, architecture, pretrained)
    network, controls = pretrained.network, RunControls(progress, deadline)
    state = TrainingSequence(network, Prepare(rules), task, settings, run, controls).run()
    network.load_state_dict(artifacts.load(ModelsFolder(run).best))
    trained = network.after_training(start_is_best=state.start_is_best)
    if trained is not network:  # one branch of two
        network, architecture = trained, architecture.model_copy(update={"two_branches": False})
    # Exported graphs and saved tensors have the default memory order.
    network.to(memory_format=torch.contiguous_format).eval()
    seen = PhotoArray(task.train.photos, task.train.labels, None, task.train.groups)
    known = None if settings.training.epochs else state.embedded
    novelty = fit_novelty_detector(
        network.frozen_branch(), Prepare(rules), seen, settings.augment, progress, known,
        partial(keep_measured, run, task.digests) if has_features(run) else None,
    )  # fmt: skip
    model = TrainedModel(
        averaged(network, settings.orientations).eval(),
        architecture.model_copy(
            update={"orientations": settings.orientations, "int8": has_int8_trunk(network)}
        ),
        rules,
        task.classes,
        task.ok_class,
        pretrained.source,
        pretrained.licence,
        novelty,
    )
    artifacts.save_full(model, full)
    return model


def _architecture(task: Task, settings: ResolvedSettings) -> Architecture:
    thorough = settings.training.recipe is Recipe.THOROUGH
    return Architecture(
        settings=settings.model,
        classes=len(task.classes),
        channels=1 if is_own(settings.model) and task.grey else 3,
        image_size=task.train.photos.shape[1],
        two_branches=thorough and reads_depths(settings.model) and bool(settings.training.epochs),
    )


def _for_few_parts(task: Task, settings: ResolvedSettings, progress: Progress) -> ResolvedSettings:
    """Without epochs where the classifier is cross-fitted."""
    splits = (PhotoArray(s.photos, s.labels, None, s.groups) for s in task.numbered())
    if not settings.training.epochs or not only_probe(settings, *labels_and_parts(*splits)):
        return settings
    progress.say(
        mark(
            "the classifier comes from folds, as in quick, and no layers learn: they would learn "
            "few parts by heart (`training.folds` never lets them)"
        )
    )
    return settings.with_training(epochs=0)


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
        resize=WHOLE_RESIZE,
        reduced_side=task.reduced_side,
    )
