"""`train`: all stages of the main job, in order."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from okng.config import Given, ResolvedSettings, RunSettings, resolve
from okng.dataset import find_photos
from okng.errors import ConfigError, OkngError
from okng.evaluation.report.pdf_file import check_pdf
from okng.events import Progress, Several, watched
from okng.preprocess import keep_decoded
from okng.runs.layout import RunFolder
from okng.runs.lock import claimed
from okng.runs.opening import discard_new, open_run
from okng.runs.state import recorded
from okng.spawning import check_main, refuse_in_a_starting_process
from okng.steps.decode import learn
from okng.steps.notices import question_limits, question_variables
from okng.steps.numbering import Step
from okng.steps.prepare import take_stock
from okng.steps.publish import publish
from okng.training import (
    alone,
    check_settings,
    decided_turns,
    mapped_errors,
)
from okng.training.loggers import Tracking, check_tracking, open_tracking
from okng.training.time_budget.saved_plan import in_time
from okng.training.tuning.reuse import Tuned, find_tuned, keep_study
from okng.wording import sentence

if TYPE_CHECKING:
    from okng.inference import Inspector


class Run(RunFolder):
    """A finished run: its files, its figures, its inspector."""

    def inspector(self) -> "Inspector":
        """The inspector of this run, ready to judge."""
        from okng.inference import Inspector  # noqa: PLC0415 - only who judges needs it

        return Inspector(self.model_file)


def train(
    photos: Path | str,
    *,
    out: Path | str | None = None,
    config: Path | str | None = None,
    resume: bool = False,
    from_study: Path | str | None = None,
    mlflow: str | None = None,
    tensorboard: bool = False,
    progress: Progress | bool | None = None,
    **settings: Any,
) -> Run:
    """Turn a folder of photos into a proven inspector.

    Args:
        photos: a folder in one of the known layouts, or a CSV or Parquet manifest.
        out: the run folder; a new one under `runs/` when left out.
        config: an `okng.toml` with settings.
        resume: continue the run in `out`, to the result it would have had.
        from_study: study of `okng tune` with the settings to take: its folder, its file or the URL
            of its database, and maybe `::NAME`.
        mlflow: URI of an MLflow server or database, or a folder, that records the run.
        tensorboard: write files for TensorBoard into the run folder.
        progress: receives the progress; None shows it on stderr, False shows nothing.
        **settings: single settings by the name of their flag (`model="cnn"`, `epochs=5`,
            `image_size=96`); they win over the file and the study.

    Trainings of several threads come one after the other.

    Raises:
        ConfigError: settings are unknown or do not fit together, there is no such study, MLflow or
            TensorBoard is not installed, or a script trains on several devices when imported.
        DatasetError: the photos cannot be used.
        RunBusyError: another process works in the run folder.
        TrainingError: training or export cannot continue.
        KeyboardInterrupt: it was interrupted, or cancelled by a token; `resume` continues it.

    Example:
        >>> run = okng.train("photos/", model="cnn", epochs=20)  # doctest: +SKIP
        >>> run.metrics["escape_rate"]  # doctest: +SKIP
        {'value': 0.0, 'low': 0.0, 'high': 0.012, 'n': 302, 'method': 'exact Clopper-Pearson'}
    """
    refuse_in_a_starting_process()
    watcher = watched(progress)
    with alone(watcher):  # checks build networks, which draw from the same random state
        check_tracking(mlflow=mlflow is not None, tensorboard=tensorboard)
        tuned = _tuned(from_study, config, settings)
        folder, chosen = _opened(Path(photos), out, config, settings, tuned, resume=resume)
        question_variables(os.environ, watcher)
        question_limits(chosen.operating_point, watcher)
        question_limits(chosen.report, watcher)
        with claimed(folder.folder):
            tracking = _tracking(folder, chosen, watcher, mlflow, resume=resume, board=tensorboard)
            with tracking, keep_decoded(), recorded(folder, "train", watcher) as receiver:
                run = _stages(Path(photos), folder, chosen, receiver, tuned, tracking)
                tracking.figures(run.metrics)
        return run


def _opened(
    photos: Path,
    out: Path | str | None,
    config: Path | str | None,
    given: Given,
    tuned: Tuned | None,
    *,
    resume: bool,
) -> tuple[RunFolder, RunSettings]:
    """The run folder, and its settings."""
    return open_run(
        photos,
        out=Path(out) if out else None,
        settings_file=Path(config) if config else None,
        overrides=_paths_as_text(given),
        resume=resume,
        check=lambda chosen: _check(photos, chosen),
        base=tuned.settings if tuned else None,
    )


def _tracking(
    folder: RunFolder,
    settings: RunSettings,
    progress: Progress,
    mlflow: str | None,
    *,
    resume: bool,
    board: bool,
) -> Tracking:
    """Open what the run is tracked by; a new run that is refused here leaves no folder."""
    try:
        check_pdf(settings.report.pdf)
        return open_tracking(folder.folder, mlflow=mlflow, tensorboard=board, progress=progress)
    except OkngError:
        if not resume:
            discard_new(folder)  # so that the corrected command does not meet its own folder
        raise


def _check(photos: Path, settings: ResolvedSettings) -> None:
    """Refuse what cannot work before the audit, which may take minutes, and leave no folder."""
    if settings.training.devices > 1:
        check_main()
    data = settings.data
    check_settings(settings, len(find_photos(photos, ok=data.ok, no_ok=data.no_ok).photos))


def _stages(
    photos: Path,
    folder: RunFolder,
    settings: RunSettings,
    progress: Progress,
    tuned: Tuned | None,
    tracking: Tracking,
) -> Run:
    Step.AUDIT.begin(progress)
    dataset = take_stock(photos, folder, resolve(settings), progress)
    if folder.is_finished:
        progress.say(sentence("run_finished", folder=str(folder.folder)))
        return Run(folder.folder)
    if tuned:
        keep_study(tuned, dataset, folder, progress)
    Step.TRAIN.begin(progress)
    with mapped_errors():
        planned, deadline = in_time(dataset, folder, settings, progress)
        tracking.settings(planned)
        watcher = Several(progress, tracking)
        samples = learn(dataset, folder, planned, watcher, deadline=deadline)
        turned = decided_turns(planned, samples["train"].photos)
        publish(dataset, samples, folder, turned, progress)
    return Run(folder.folder)


def _tuned(study: Path | str | None, file: Path | str | None, given: Given) -> Tuned | None:
    if study is None:
        return None
    if file is not None:
        raise ConfigError(
            "Settings come from a file or from a study, not from both",
            where="`config`, `from_study`",
            hint="Leave one of them out; single settings may be given as flags.",
        )
    return find_tuned(study, given)


def _paths_as_text(settings: Given) -> Given:
    return {k: str(v) if isinstance(v, Path) else v for k, v in settings.items()}
