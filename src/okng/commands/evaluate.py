"""`evaluate`: a model file and labelled photos -> figures and report. No torch."""

import platform
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from okng import config, modelfile
from okng.config import OperatingSettings, ReportSettings
from okng.dataset import Dataset, write_manifest
from okng.error_codes import Code
from okng.errors import ConfigError
from okng.evaluation import (
    EvaluationContext,
    Leakage,
    Metrics,
    Scores,
    check_heatmaps,
    choose_operating_point,
    measure,
    validation_of,
    write_figures,
    write_metrics,
    write_report,
)
from okng.evaluation.decision import decision_result
from okng.evaluation.report.pdf_file import check_pdf, write_pdf
from okng.evaluation.results.provenance import Circumstances
from okng.evaluation.threshold import in_words
from okng.events import Progress, watched
from okng.inference import Inspector
from okng.preprocess import keep_decoded
from okng.runs.layout import RunFolder
from okng.steps.leakage.choosing import Choosing, choosing
from okng.steps.leakage.conclusions import cautions, leakage
from okng.steps.leakage.matching import Matches, find_matches
from okng.steps.leakage.origin import find_origin
from okng.steps.notices import question_limits
from okng.steps.relabel import (
    REPORTED,
    find_groups,
    read_labelled,
    select_split,
)
from okng.steps.score_photos import (
    draw_cases,
    judge,
    measure_speed,
    model_facts,
    try_changes,
)
from okng.verdict import OperatingPoint

CHANGED_PHOTOS = 96
_VERSIONS = ("okng", "numpy", "onnxruntime", "scikit-learn", "scipy")


class Evaluation(RunFolder):
    """A finished evaluation: its files and figures."""


class _Task(NamedTuple):
    """What is to be evaluated."""

    inspector: Inspector
    model: Path
    dataset: Dataset
    reported: str
    policy: OperatingSettings | None
    unfamiliar_limit: float | None
    report: ReportSettings
    matches: Matches = Matches(None)

    @property
    def chooses(self) -> bool:
        """Whether a threshold is to be chosen on photos of this evaluation."""
        return self.policy is not None and self.policy.threshold is None


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
    """Judge labelled photos with a model file, measure, and report.

    Args:
        model: the model file, or the folder of its run.
        photos: a folder in one of the known layouts, or a CSV or Parquet manifest.
        out: folder for scores, metrics, figures and report.
        by: columns of the manifest to break the rates down by.
        runs: column that tells several runs over the same parts apart.
        split: which photos to report on, where they have splits; `test` when left out.
        ok: name of the class of good parts among the photos, if it is not recognised.
        group_by: photos of one part: `folder`, or a regular expression found in their paths.
        no_near: do not look for near-duplicates, which count as one part.
        robust: also judge changed photos; takes minutes.
        progress: receives the progress; None shows it on stderr, False shows nothing.
        **settings: another operating point than the model's, for this evaluation: `threshold`, or
            what to choose one by (`cost_escape`, `cost_overkill`, `max_escape`, `max_overkill`,
            `max_f1`, and a review band); it is chosen on the photos of the split `val`. And what
            the report is headed by, and must prove: `title`, `part`, `author`, `require_escape`,
            `require_overkill`. The exit code does not depend on what is proven.

    Returns:
        The evaluation, with `metrics` and `report`.

    Raises:
        ConfigError: settings are not valid, a column is not there, or there are no photos to
            choose a threshold on.
        DatasetError: the photos cannot be used.
        ModelFileError: the file is not a model file of okng.

    Example:
        >>> found = okng.evaluate("inspector.onnx", "photos/", out="proof")  # doctest: +SKIP
        >>> found.metrics["escape_rate"]["upper_one_sided"]  # doctest: +SKIP
        0.0099
    """
    watcher = watched(progress)
    folder, policy = _open(Path(out)), _policy(settings)
    if policy:
        question_limits(policy, watcher)
    model = modelfile.located(model)
    inspector = Inspector(model)
    found = read_labelled(
        Path(photos), inspector.metadata, ok=ok, grouping=group_by, progress=watcher
    )
    task = _Task(
        inspector,
        model,
        select_split(found, split),
        split or REPORTED,
        policy,
        settings.get("unfamiliar_limit", inspector.metadata.operating_point.unfamiliar_limit),
        config.load(None, _only("report", settings)).report,
    )
    check_pdf(task.report.pdf)
    _check(task, (*by, *([runs] if runs else [])))
    size = inspector.metadata.input.image_size
    found_groups = find_groups(task.dataset, size, watcher, near=not no_near)
    origin = find_origin(task.model, inspector.metadata)
    matches = find_matches(
        found_groups.dataset, found_groups.pixels, origin, watcher, near=not no_near
    )
    task = task._replace(dataset=found_groups.dataset, matches=matches)
    scores, metrics = _measure(task, by, runs, watcher)
    metrics = _asked_again(task, metrics, scores.select(task.reported), watcher, robust=robust)
    metrics = metrics.having(report=task.report.model_dump(mode="json"))
    metrics = metrics.having(decision=decision_result(metrics.plain()))
    found_groups.findings.write(folder.audit)
    _leave(folder, task, scores, metrics, watcher)
    return folder


def _asked_again(
    task: _Task, metrics: Metrics, reported: Scores, progress: Progress, *, robust: bool
) -> Metrics:
    """What the file says of changed photos, where that was asked for, and of its heatmaps."""
    root = task.dataset.root
    changed = (
        try_changes(task.inspector, root, reported, CHANGED_PHOTOS, progress) if robust else None
    )
    progress.say("check of the heatmaps")
    return metrics.having(
        robustness=changed,
        speed=measure_speed(task.inspector, [root / path for path in reported.table["path"]]),
        heatmap_check=check_heatmaps(task.model, root, reported),
    )


def _leave(
    folder: Evaluation, task: _Task, scores: Scores, metrics: Metrics, progress: Progress
) -> None:
    """Write manifest, scores, figures, heatmaps and report."""
    write_manifest(task.dataset, folder.manifest)
    scores.write(folder.scores)
    write_metrics(metrics, folder.metrics_file)
    progress.say("figures and report")
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


def _policy(settings: dict[str, Any]) -> OperatingSettings | None:
    """What to choose an operating point by; None where the model's own stands."""
    known = {s.keyword for s in config.all_settings() if s.section in _SECTIONS}
    strange = [f"{name} is unknown" for name in settings if name not in known]
    if strange:
        raise ConfigError.gather(
            strange,
            where="the settings given",
            hint="Take settings of the operating point or of the report.",
        )
    given = _only("operating_point", settings)
    found = config.load(None, given).operating_point
    return found if given.keys() - {"unfamiliar_limit"} else None


_SECTIONS = ("operating_point", "report")


def _only(section: str, settings: dict[str, Any]) -> dict[str, Any]:
    """Those of the settings that belong to a section."""
    names = {s.keyword for s in config.all_settings() if s.section == section}
    return {name: value for name, value in settings.items() if name in names}


def _measure(
    task: _Task, by: Sequence[str], runs: str | None, progress: Progress
) -> tuple[Scores, Metrics]:
    metadata = task.inspector.metadata
    choice = choosing(task.dataset, task.reported, task.matches) if task.chooses else None
    needed = _needed(task)
    chosen = tuple(photo for photo in task.dataset.photos if photo.split in needed)
    scores = judge(replace(task.dataset, photos=chosen), task.inspector, "judge", progress)[1]
    reported = scores.select(task.reported)
    point, held_out, unmet = _operating_point(task, scores, choice, progress)
    point = point.model_copy(update={"unfamiliar_limit": task.unfamiliar_limit})
    scores, reported = scores.judged_by(point), reported.judged_by(point)
    leaks = _leakage(task, reported)
    missing = cautions(task.matches, chosen=choice is not None, own_test=leaks.own_test or 0)
    metrics = measure(
        EvaluationContext(
            reported,
            point,
            split=task.reported,
            leakage=leaks,
            validation=held_out,
            policy=task.policy,
            calibration=metadata.calibration,
            by=tuple(by),
            runs=runs,
            warnings=(*unmet, *_unread(task.dataset), *missing),
        )
    )
    metrics = metrics.having(model=model_facts(task.model), evaluation=_circumstances(task))
    return scores, metrics


def _needed(task: _Task) -> set[str]:
    """Splits to judge: the reported one, and validation where a threshold is to be chosen."""
    if task.policy is None or task.policy.threshold is not None:
        return {task.reported}
    if task.reported == "val" or not any(p.split == "val" for p in task.dataset.photos):
        raise ConfigError(
            "A threshold is never chosen on the photos that are reported, and there are no others",
            where=str(task.dataset.root),
            allowed="photos of the split val beside those that are reported, or "
            "`operating_point.threshold` VALUE",
            hint="Give a manifest with a column split, or folders val/ and test/.",
            code=Code.THRESHOLD_NO_PHOTOS,
        )
    return {task.reported, "val"}


def _check(task: _Task, columns: Sequence[str]) -> None:
    """Refuse what cannot be answered before anything is judged."""
    if task.policy is not None and task.inspector.metadata.ok_class is None:
        raise ConfigError(
            "Without an OK class no threshold decides anything",
            where=str(task.model),
            hint="Leave the settings of the operating point out.",
            code=Code.THRESHOLD_NO_OK_CLASS,
        )
    needed = _needed(task)
    own = {"path", "split", "label", "group", "verdict", "class"}
    photos = [photo for photo in task.dataset.photos if photo.split in needed]
    known = own | {name for photo in photos for name, _ in photo.facts}
    missing = [f"there is no column {name!r}" for name in columns if name not in known]
    if missing:
        raise ConfigError.gather(
            missing,
            where="`by`, `runs`",
            hint=f"There are: {', '.join(sorted(known))}. Others come from a manifest: "
            "path,label,station,...",
            code=Code.COLUMN_MISSING,
        )


def _operating_point(
    task: _Task, scores: Scores, sorted_out: Choosing | None, progress: Progress
) -> tuple[OperatingPoint, Scores | None, list[str]]:
    """The model's operating point, or the one that was asked for, and what it was chosen on."""
    metadata = task.inspector.metadata
    if task.policy is None:
        return metadata.operating_point, None, []
    held_out, unmet = scores.select(""), []
    if sorted_out is not None:
        held_out, unmet = sorted_out.held_out(scores, metadata), sorted_out.sentences()
    choice = choose_operating_point(validation_of(held_out), task.policy)
    for sentence in (*unmet, *choice.unmet, *map(in_words, choice.notes)):
        progress.warn("threshold.chosen", sentence)
    return choice.point, held_out, [*unmet, *choice.unmet]


def _leakage(task: _Task, reported: Scores) -> Leakage:
    origin, photos = task.matches.origin, task.dataset.select(task.reported).photos
    aside = origin is not None and origin.set_aside(photos)
    return leakage(task.matches, reported, set_aside=aside)


def _unread(dataset: Dataset) -> list[str]:
    """Files that count nowhere, as nothing could be seen."""
    if not (count := len(dataset.unreadable)):
        return []
    first = dataset.unreadable[0].path
    others = f" and {count - 1} others" if count > 1 else ""
    return [f"Not a photo that can be read, so not judged: {first}{others}; see audit.json."]


def _circumstances(task: _Task) -> Circumstances:
    return Circumstances(
        photos=str(task.dataset.root),
        data_digest=task.dataset.digest,
        judged=datetime.now(UTC).isoformat(timespec="seconds"),
        unreadable=len(task.dataset.unreadable),
        policy=None if task.policy is None else task.policy.model_dump(mode="json"),
        versions={"python": platform.python_version(), **{n: version(n) for n in _VERSIONS}},
    )
