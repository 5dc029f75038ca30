"""The run that is retrained: its model file, its photos, its settings."""

import json
import os
from dataclasses import dataclass, replace
from pathlib import Path

from okng import config, modelfile
from okng.config import ResolvedSettings, resolve
from okng.dataset import Dataset, read_manifest
from okng.error_codes import Code
from okng.errors import DatasetError, TrainingError
from okng.modelfile import ModelFile
from okng.runs.layout import RunFolder
from okng.steps.prepare import depth_of_audit


@dataclass(frozen=True)
class Champion:
    """A finished run, and what a retraining needs of it.

    Attributes:
        run: its folder.
        file: its model file, or that which a station made of it by another threshold.
        dataset: its photos with groups and splits; classes are those of the model.
        settings: of its training, with `augment.turns` decided.
    """

    run: RunFolder
    file: ModelFile
    dataset: Dataset
    settings: ResolvedSettings


def read_champion(folder: Path, photos: Path | None = None) -> Champion:
    """Read a run that is to be retrained.

    Args:
        folder: of the run.
        photos: the folder that it was trained from; where the run has it on record, None will do.

    Raises:
        TrainingError: it is no finished run.
        DatasetError: its photos are not where they were.
    """
    run = RunFolder(folder)
    # a report may be missing: `okng retrain --no-report` writes none
    needed = (run.model_file, run.metrics_file, run.scores, run.settings, run.manifest, run.audit)
    if not all(path.exists() for path in needed):
        raise TrainingError(
            "This is no finished run",
            where=folder,
            allowed="a run folder of `okng train` or `okng retrain`",
            hint="Name the folder of a run, or go on with it first: `okng train --resume`.",
            code=Code.RUN_MISSING,
        )
    file = modelfile.read(run.model_file)
    names = file.metadata
    root = _root(run, photos)
    dataset = read_manifest(run.manifest, root, ok=names.ok_class, no_ok=names.ok_class is None)
    rare = tuple(name for name in dataset.classes if name not in names.classes)
    dataset = replace(dataset, classes=names.classes, rare=rare, depth=depth_of_audit(run.audit))
    return Champion(run, file, dataset, _settings(run))


def _root(run: RunFolder, given: Path | None) -> Path:
    """The folder that paths of the manifest are in."""
    root = _recorded(run) if given is None else given if given.is_dir() else given.parent
    if not root.is_dir():
        raise DatasetError(
            "The photos of the run are not where they were",
            where=root,
            hint="Name the folder where they are now, with `photos`.",
            code=Code.PHOTOS_NONE,
        )
    return root


def _recorded(run: RunFolder) -> Path:
    """The folder of the photos, as the audit of the run names it."""
    try:
        return Path(json.loads(run.audit.read_text(encoding="utf-8"))["summary"]["root"])
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise DatasetError(
            f"The audit of the run does not name the folder of its photos: {exc}",
            where=run.audit,
            hint="Name the folder that it was trained from, with `photos`.",
            code=Code.RUN_DAMAGED,
        ) from exc


def _settings(run: RunFolder) -> ResolvedSettings:
    """The settings of the run; what its photos decided is in its metrics."""
    settings = resolve(config.load(run.settings, {}, env={}))
    decided = run.metrics.get("settings") or {}
    turns = decided.get("augment", {}).get("turns", settings.augment.turns)
    augment = settings.augment.model_copy(update={"turns": config.Turns(turns)})
    return settings.model_copy(update={"augment": augment})


def relative_to(root: Path, path: Path) -> str:
    """A path as a manifest holds it, with forward slashes."""
    return Path(os.path.relpath(path.resolve(), root.resolve())).as_posix()
