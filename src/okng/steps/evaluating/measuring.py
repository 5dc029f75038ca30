"""Scores and metrics of an evaluation. No torch."""

import platform
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version

from okng.dataset import Dataset
from okng.evaluation import (
    EvaluationContext,
    Leakage,
    Metrics,
    Scores,
    check_heatmaps,
    choose_operating_point,
    measure,
    validation_of,
)
from okng.evaluation.results import Message, message
from okng.evaluation.results.provenance import Circumstances
from okng.evaluation.threshold import note_message
from okng.events import Progress
from okng.steps.evaluating.task import EvaluationTask, needed_splits
from okng.steps.leakage.choosing import Choosing, choosing
from okng.steps.leakage.conclusions import cautions, leakage
from okng.steps.score_photos import judge, measure_speed, model_facts, try_changes
from okng.verdict import OperatingPoint
from okng.wording import mark

_CHANGED_PHOTOS = 96  # for the robustness check; 30 levels each
_VERSIONS = ("okng", "numpy", "onnxruntime", "scikit-learn", "scipy")


def measure_task(task: EvaluationTask, progress: Progress) -> tuple[Scores, Metrics]:
    """Score the photos once, choose the operating point where asked to, and measure."""
    metadata = task.inspector.metadata
    choice = choosing(task.dataset, task.reported, task.matches) if task.chooses else None
    needed = needed_splits(task)
    chosen = tuple(photo for photo in task.dataset.photos if photo.split in needed)
    scores = judge(replace(task.dataset, photos=chosen), task.inspector, "judge", progress)[1]
    reported = scores.select(task.reported)
    # Chosen on photos that are not reported; `choosing` has sorted out those that are.
    point, held_out, unmet = _operating_point(task, scores, choice, progress)
    point = point.model_copy(update={"unfamiliar_limit": task.unfamiliar_limit})
    # the scores stay, the verdicts are decided anew
    scores, reported = scores.decided_by(point), reported.decided_by(point)
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
            by=task.by,
            runs=task.runs,
            warnings=(*unmet, *_unread(task.dataset), *missing),
        )
    )
    metrics = metrics.having(model=model_facts(task.model), evaluation=_circumstances(task))
    return scores, metrics


def with_scored_again(
    task: EvaluationTask, metrics: Metrics, reported: Scores, progress: Progress, *, robust: bool
) -> Metrics:
    """The metrics with those for which the file scores photos again: robustness, heatmaps, time."""
    root = task.dataset.root
    changed = (
        try_changes(task.inspector, root, reported, _CHANGED_PHOTOS, progress) if robust else None
    )
    progress.say(mark("check of the heatmaps"))
    return metrics.having(
        robustness=changed,
        speed=measure_speed(task.inspector, [root / path for path in reported.table["path"]]),
        heatmap_check=check_heatmaps(task.model, root, reported),
    )


def _operating_point(
    task: EvaluationTask, scores: Scores, sorted_out: Choosing | None, progress: Progress
) -> tuple[OperatingPoint, Scores | None, list[Message]]:
    """The model's operating point, or the one that was asked for, and what it was chosen on."""
    metadata = task.inspector.metadata
    if task.policy is None:
        return metadata.operating_point, None, []
    held_out, unmet = scores.select(""), list[Message]()  # a split that there is none of: no photo
    if sorted_out is not None:
        held_out, unmet = sorted_out.held_out(scores, metadata), sorted_out.sentences()
    choice = choose_operating_point(validation_of(held_out), task.policy)
    for each in (*unmet, *choice.unmet, *map(note_message, choice.notes)):
        progress.warn("threshold.chosen", each.sentence)
    return choice.point, held_out, [*unmet, *choice.unmet]


def _leakage(task: EvaluationTask, reported: Scores) -> Leakage:
    origin, photos = task.matches.origin, task.dataset.select(task.reported).photos
    aside = origin is not None and origin.set_aside(photos)
    return leakage(task.matches, reported, set_aside=aside)


def _unread(dataset: Dataset) -> list[Message]:
    """Files that count nowhere, as nothing could be seen."""
    if not (count := len(dataset.unreadable)):
        return []
    first = dataset.unreadable[0].path
    code = "unreadable" if count == 1 else "unreadable_others"
    return [message(code, first=first, others=count - 1)]


def _circumstances(task: EvaluationTask) -> Circumstances:
    return Circumstances(
        photos=str(task.dataset.root),
        data_digest=task.dataset.digest,
        judged=datetime.now(UTC).isoformat(timespec="seconds"),
        unreadable=len(task.dataset.unreadable),
        policy=None if task.policy is None else task.policy.model_dump(mode="json"),
        versions={"python": platform.python_version(), **{n: version(n) for n in _VERSIONS}},
    )
