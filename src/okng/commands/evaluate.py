"""`evaluate`: a model file and labelled photos -> figures and report. No torch."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from okng import modelfile
from okng.dataset import write_manifest
from okng.error_codes import Code
from okng.errors import ConfigError
from okng.evaluation import Metrics, Scores, write_figures, write_metrics, write_report
from okng.evaluation.decision import decision_result
from okng.evaluation.report.pdf_file import check_pdf, write_pdf
from okng.events import Progress, watched
from okng.inference import Inspector
from okng.preprocess import keep_decoded
from okng.runs.layout import RunFolder
from okng.steps.evaluating.measuring import measure_task, with_scored_again
from okng.steps.evaluating.task import Asked, EvaluationTask, check_task, read_asked
from okng.steps.leakage.matching import find_matches
from okng.steps.leakage.origin import find_origin
from okng.steps.notices import question_limits, question_variables
from okng.steps.relabel import REPORTED, find_groups, read_labelled, select_split
from okng.steps.score_photos import draw_cases
from okng.wording import mark


class Evaluation(RunFolder):
    """A finished evaluation: its files and figures."""


@keep_decoded()
def evaluate(
    model: Path | str,
    photos: Path | str,
    *,
    out: Path | str,
    by: Sequence[str] = (),
    runs: str | None = None,
    split: str | None = None,
    ok: str | None = None,
    group_by: str | None = None,
    no_near: bool = False,
    robust: bool = False,
    progress: Progress | bool | None = None,
    **settings: Any,
) -> Evaluation:
    """Score labelled photos with a model file, measure, and report.

    Args:
        model: the model file, or the folder of its run.
        photos: a folder in one of the known layouts, or a CSV or Parquet manifest.
        out: folder for scores, metrics, figures and report.
        by: columns of the manifest to break the rates down by.
        runs: column that tells several runs over the same parts apart.
        split: which photos to report on, where they have splits; `test` when left out.
        ok: name of the class of good parts among the photos, if it is not recognised.
        group_by: photos of one part: `folder`, or a regular expression found in their paths.
        no_near: do not search for near-duplicates, which count as one part.
        robust: also score changed photos; takes minutes.
        progress: receives the progress; None shows it on stderr, False shows nothing.
        **settings: of the operating point, as `threshold` or `max_overkill`, which is then chosen
            on the photos of the split `val`; and of the report, as `title` or `require_escape`.
            `OKNG_OPERATING_POINT__THRESHOLD` and the like hold where an argument is left out.

    Raises:
        ConfigError: settings are not valid; a column is missing, or photos to choose a threshold.
        DatasetError: the photos cannot be used.
        ModelFileError: the file is not a model file of okng.

    Example:
        >>> found = okng.evaluate("inspector.onnx", "photos/", out="proof")  # doctest: +SKIP
        >>> found.metrics["escape_rate"]["upper_one_sided"]  # doctest: +SKIP
        0.0099
    """
    watcher, folder = watched(progress), _open(Path(out))
    question_variables(os.environ, watcher)
    of_photos = {"ok": ok, "group_by": group_by, "no_near": no_near or None}
    settings |= {name: value for name, value in of_photos.items() if value is not None}
    asked = read_asked(settings, os.environ)
    near = not asked.settings.data.no_near
    task = _task(model, Path(photos), split, {"by": tuple(by), "runs": runs}, asked, watcher)
    groups = find_groups(task.dataset, task.inspector.metadata.input.image_size, watcher, near=near)
    origin = find_origin(task.model, task.inspector.metadata)
    matches = find_matches(groups.dataset, groups.pixels, origin, watcher, near=near)
    groups.findings.write(folder.audit)
    _evaluate(folder, task._replace(dataset=groups.dataset, matches=matches), watcher, robust)
    return folder


def _task(
    model: Path | str,
    photos: Path,
    split: str | None,
    columns: dict[str, Any],
    asked: Asked,
    progress: Progress,
) -> EvaluationTask:
    """Read model file and photos, and refuse what cannot be done before anything is scored."""
    policy, data, report = asked.policy, asked.settings.data, asked.settings.report
    if policy:
        question_limits(policy, progress)
    path = modelfile.located(model)
    inspector = Inspector(path)
    metadata = inspector.metadata
    labelled = read_labelled(
        photos, metadata, ok=data.ok, grouping=data.group_by, progress=progress
    )
    check_pdf(report.pdf)
    task = EvaluationTask(
        inspector,
        path,
        select_split(labelled, split),
        split or REPORTED,
        policy,
        asked.unfamiliar_limit(metadata.operating_point.unfamiliar_limit),
        report,
        **columns,
    )
    check_task(task)
    return task


def _evaluate(folder: Evaluation, task: EvaluationTask, progress: Progress, robust: bool) -> None:
    scores, metrics = measure_task(task, progress)
    reported = scores.select(task.reported)
    metrics = with_scored_again(task, metrics, reported, progress, robust=robust)
    metrics = metrics.having(report=task.report.model_dump(mode="json"))
    metrics = metrics.having(decision=decision_result(metrics.plain()))
    _leave(folder, task, scores, metrics, progress)


def _leave(
    folder: Evaluation, task: EvaluationTask, scores: Scores, metrics: Metrics, progress: Progress
) -> None:
    """Write manifest, scores, figures, heatmaps and report."""
    write_manifest(task.dataset, folder.manifest)
    scores.write(folder.scores)
    write_metrics(metrics, folder.metrics_file)
    progress.say(mark("figures and report"))
    reported = scores.select(task.reported)
    draw_cases(task.inspector, task.dataset.root, reported, folder.gradcam)
    write_figures(folder.folder)
    write_report(folder.folder)
    if task.report.pdf:
        write_pdf(folder.folder)


def _open(out: Path) -> Evaluation:
    folder = Evaluation(out)
    if folder.model_file.exists() or folder.settings.exists():
        raise ConfigError(
            "The folder holds a run, whose figures would be lost",
            where=f"`out` {out}",
            hint="Take another `out`.",
            code=Code.RUN_EXISTS,
        )
    return folder
