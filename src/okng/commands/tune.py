"""`tune`: photos -> folds -> a study of trainings, and the settings that did best."""

import json
import os
from contextlib import nullcontext
from pathlib import Path
from typing import Any, NamedTuple

import optuna

from okng import config
from okng.config import Given, ResolvedSettings, RunSettings
from okng.dataset import Dataset, write_manifest
from okng.error_codes import Code
from okng.errors import ConfigError, TrainingError
from okng.evaluation.report.tuning import write_tuning
from okng.events import Progress, watched
from okng.files import write_atomic
from okng.runs.layout import StudyFolder
from okng.runs.lock import claimed_if_free
from okng.runs.state import recorded
from okng.steps.decode import sees_grey
from okng.steps.notices import question_variables
from okng.steps.prepare import audited
from okng.training import (
    alone,
    check_devices,
    check_name,
    check_tiles,
)
from okng.training.probe.cross_fit import only_probe
from okng.training.tuning import (
    FoldedPhotos,
    Limits,
    Networks,
    Objective,
    Space,
    Trials,
    best_settings,
    identity,
    open_study,
    run_trials,
    shown,
    summary,
    trial_table,
    url_of,
    write_figures,
)
from okng.wording import sentence

TRIALS, FOLDS = 20, 3


class Tuning(NamedTuple):
    """What came of a study so far.

    Attributes:
        folder: holds `study.json`, `trials.csv`, `best.toml`, `tuning.html` and the pictures.
        study: the content of `study.json`.
        settings: the settings of the best trial, not resolved.
    """

    folder: Path
    study: dict[str, Any]
    settings: RunSettings

    @property
    def report(self) -> Path:
        """The page."""
        return StudyFolder(self.folder).report


class _Plan(NamedTuple):
    """What a study is about."""

    task: Trials
    identity: dict[str, Any]
    seed: int


def tune(
    photos: Path | str,
    *,
    out: Path | str | None = None,
    config: Path | str | None = None,
    trials: int = TRIALS,
    folds: int = FOLDS,
    objective: str | None = None,
    timeout: float | None = None,
    storage: str | None = None,
    study: str | None = None,
    progress: Progress | bool | None = None,
    **settings: Any,
) -> Tuning:
    """Try settings on folds of the photos; the test photos of a run stay out of it.

    The same call continues the study; a second one at the same time works on it as well.

    Args:
        photos: a folder in one of the known layouts, or a CSV or Parquet manifest.
        out: folder of the study; one under `runs/`, named after the photos, when left out.
        config: an `okng.toml` with the settings to start from.
        trials: of the whole study, by all workers.
        folds: each photo outside of the test is judged in one of them.
        objective: `cost` at the operating point (default), `f1`, `accuracy` or `auc`.
        timeout: seconds after which no further trial begins.
        storage: a SQLite file or the URL of a database; `study.db` in the folder when left out.
        study: name of the study in the storage; that of the photos when left out.
        progress: receives the progress; None shows it on stderr, False shows nothing.
        **settings: single settings by the name of their flag, which the study leaves as they are.

    Returns:
        The study in figures, and the best settings.

    Raises:
        ConfigError: settings do not fit together, or the study is about something else.
        DatasetError: the photos cannot be used.
        TrainingError: no trial was complete.

    Example:
        >>> found = okng.tune("photos/", model="cnn", trials=30)  # doctest: +SKIP
        >>> run = okng.train("photos/", from_study=found.folder)  # doctest: +SKIP
    """
    watcher, source = watched(progress), Path(photos)
    base = _base(config, settings, watcher)
    limits = _limits(trials, folds, timeout)
    folder = StudyFolder(out or Path("runs") / f"tune-{source.resolve().stem}")
    url = url_of(storage or str(folder.database.resolve()))
    name = study or source.resolve().stem
    _check_folder(folder.folder, name, shown(url))
    dataset, findings = audited(source, _resolved(base), watcher)
    plan = _plan(dataset, base, settings, folds, objective, folder.folder)
    folder.folder.mkdir(parents=True, exist_ok=True)
    opened = open_study(url, name, plan.identity, plan.task.space.start, plan.seed)
    findings.write(folder.audit)
    write_manifest(dataset, folder.manifest)
    _announce(plan, limits, watcher)
    _search(plan, opened, limits, folder, url, watcher)
    return _finished(opened, _results(opened, url, folder.folder), url)


def _search(
    plan: _Plan,
    opened: optuna.Study,
    limits: Limits,
    folder: StudyFolder,
    url: str,
    progress: Progress,
) -> None:
    """Run trials; an interrupted study leaves the results that it has."""
    try:
        with (
            alone(progress),
            claimed_if_free(folder.folder) as first,
            recorded(folder, "tune", progress) if first else nullcontext(progress) as receiver,
        ):
            run_trials(plan.task, opened, limits, receiver)
    except KeyboardInterrupt:
        _results(opened, url, folder.folder)
        raise


def _base(file: Path | str | None, settings: Given, progress: Progress) -> RunSettings:
    """What every trial starts from, not resolved."""
    question_variables(os.environ, progress)
    plain = {k: str(v) if isinstance(v, Path) else v for k, v in settings.items()}
    base = config.load(Path(file) if file else None, plain, env=os.environ)
    _check_time(base)
    check_name(_resolved(base).model.name)
    check_tiles(_resolved(base))
    check_devices(base)
    return base


def _check_time(base: RunSettings) -> None:
    """Refuse a budget for one training: a study tries recipes, sizes and epochs itself."""
    if base.training.time_budget is not None:
        raise ConfigError(
            "A time budget plans one training; a study has many, and tries these settings itself",
            where="`training.time_budget`",
            hint="Take `timeout`, after which no further trial begins.",
        )


def _check_folder(folder: Path, name: str, storage: str) -> None:
    """Refuse a folder that holds the results of another study: they would be overwritten."""
    file = StudyFolder(folder).study
    if not file.exists():
        return
    stored = json.loads(file.read_text(encoding="utf-8"))
    if (stored["study"], stored["storage"]) != (name, storage):
        raise ConfigError(
            f"The folder holds the study {stored['study']} ({stored['storage']}), not {name}",
            where=folder,
            hint="Take another `out`; `study` and `storage` of that study continue it.",
            code=Code.STUDY_OTHER,
        )


def _resolved(base: RunSettings) -> ResolvedSettings:
    return config.resolve(base)


def _limits(trials: int, folds: int, timeout: float | None) -> Limits:
    faults = [] if trials >= 1 else [f"trials: {trials} is less than 1"]
    faults += [] if folds >= 2 else [f"folds: {folds} is less than 2"]
    faults += [] if timeout is None or timeout > 0 else [f"timeout: {timeout:g} is no time"]
    if faults:
        raise ConfigError.gather(faults, where="okng tune", hint="Correct them.")
    return Limits(trials, timeout)


def _plan(
    dataset: Dataset,
    base: RunSettings,
    given: Given,
    folds: int,
    objective: str | None,
    folder: Path,
) -> _Plan:
    resolved = _resolved(base)
    goal = Objective.choose(objective, ok_class=dataset.ok_class)
    learned = dataset.select("train", "val")
    photos = FoldedPhotos(
        learned,
        folds,
        validation=resolved.data.validation_share,
        seed=resolved.training.seed,
        memory_limit_gb=resolved.data.memory_limit_gb,
        decode=resolved.data.decode,
    )
    space = Space.of(
        base, given, photos.fewest, stay=only_probe(resolved, photos.labels, photos.groups)
    )
    if not space.dimensions:
        raise ConfigError(
            "There is nothing to tune: every setting of the space was given",
            where="okng tune",
            hint="Leave out those that the study shall change.",
        )
    grey = sees_grey(photos.at(resolved.data.image_size), resolved.data.color)
    networks = Networks(photos, grey=grey, scratch=folder)
    networks.check(resolved)
    study_identity = identity(space, photos, goal, dataset.select("test"))
    return _Plan(Trials(space, networks, goal), study_identity, resolved.training.seed)


def _announce(plan: _Plan, limits: Limits, progress: Progress) -> None:
    counts = plan.identity["counts"]
    progress.say(
        sentence(
            "tuning_begins",
            trials=limits.trials,
            folds=plan.identity["folds"],
            photos=counts["photos"],
            parts=counts["parts"],
            objective=plan.task.objective.words,
            test=counts["test"],
        )
    )
    for dimension in plan.task.space.dimensions:
        progress.say(f"  {dimension.name}: {dimension.words}")


def _results(study: optuna.Study, url: str, folder: Path) -> Tuning | None:
    """Write what is known; None where no trial is complete."""
    if not any(trial.state is optuna.trial.TrialState.COMPLETE for trial in study.trials):
        return None
    document, best = summary(study, shown(url)), best_settings(study)
    files = StudyFolder(folder)
    write_atomic(files.study, json.dumps(document, indent=2) + "\n")
    write_atomic(files.trials, trial_table(document).to_csv(index=False))
    write_atomic(files.best, config.to_toml(best))
    write_figures(study, document["objective"], folder)
    write_tuning(folder)
    return Tuning(folder, document, best)


def _finished(study: optuna.Study, tuning: Tuning | None, url: str) -> Tuning:
    if tuning is not None:
        return tuning
    reasons = sorted({t.user_attrs["error"] for t in study.trials if "error" in t.user_attrs})
    raise TrainingError(
        "No trial is complete"
        + (": all failed, with " + "; ".join(reasons[:3]) if reasons else ""),
        where=f"study {study.study_name} in {shown(url)}",
        hint="Train once with these settings: `okng train` reports the error in full."
        if reasons
        else "Give more time with `timeout`.",
        code=Code.STUDY_UNFINISHED,
    )
