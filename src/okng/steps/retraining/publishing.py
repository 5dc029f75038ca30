"""Export, calibrate, measure and seal a challenger whose scores come from kept features.

The published file is asked for some photos only, to prove that it gives the same scores. What
costs minutes is left to `okng train`, `okng certify` and `okng evaluate --robustness`: changed
photos, the check of the heatmaps, and the verdicts in other runtimes.
"""

import os
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from okng import modelfile
from okng.dataset import Dataset, load_photos, write_manifest
from okng.evaluation import (
    EvaluationContext,
    Metrics,
    Scores,
    measure,
    write_figures,
    write_metrics,
    write_report,
)
from okng.evaluation.decision import decision_result
from okng.evaluation.held_out import held_out
from okng.evaluation.statistics.intervals import group_numbers
from okng.events import Progress
from okng.export import export, reference_photos, write_refitted
from okng.inference import Inspector
from okng.runs.layout import ModelsFolder, RunFolder
from okng.steps.calibrate import Calibrated, calibrate
from okng.steps.leakage.conclusions import not_searched
from okng.steps.leakage.fingerprints import traces_of
from okng.steps.out_of_fold import scores_of_folds
from okng.steps.publish import SEALED, leakage_of, number_format
from okng.steps.retraining.champion import Champion
from okng.steps.retraining.features import FeatureTable, share_file
from okng.steps.retraining.refitting import Challenger, score_photos
from okng.steps.score_photos import check_published, draw_cases, model_facts
from okng.steps.score_table import at_point
from okng.training import Sample, save_full, save_out_of_fold

_COPIED = ("settings", "audit", "audit_page", "history")
"""Files of the champion that hold for the challenger, too, by attribute of the run folder."""


_REFERENCE = 24
"""Photos of good parts whose mean heat is subtracted: each takes 0.1 s of one core."""


class Published(NamedTuple):
    """A challenger that is sealed.

    Attributes:
        chosen: calibration and operating point, and the scores that they were chosen on.
        scores: of all photos, at that operating point.
        metrics: of the test photos.
    """

    chosen: Calibrated
    scores: Scores
    metrics: Metrics


def publish_challenger(
    champion: Champion,
    challenger: Challenger,
    table: FeatureTable,
    run: RunFolder,
    progress: Progress,
) -> Published:
    """Write the files of a challenger into its run folder, all but the report.

    Args:
        champion: the run that it comes from.
        challenger: with its new classifier.
        table: features of all photos.
        run: folder of the challenger.
        progress: receives the stages.

    Raises:
        TrainingError: the file gives other scores than the features.
    """
    challenger = _decoding_as(champion, challenger)
    _write_models(champion, challenger, run)
    draft = _export(champion, challenger, run)
    published = _score(champion, challenger, table, run, progress)
    _seal(champion, challenger.dataset, published, run, draft)
    tested = published.scores.select("test")
    check_published(Inspector(run.model_file), challenger.dataset.root, tested)
    metrics = published.metrics.having(model=model_facts(run.model_file))
    metrics = metrics.having(decision=decision_result(metrics.plain()))
    write_metrics(metrics, run.metrics_file)
    return published._replace(metrics=metrics)


def report_challenger(run: RunFolder, root: Path, scores: Scores) -> None:
    """Draw the cases of the test, and write figures and report.

    Args:
        run: folder of the challenger, sealed.
        root: folder of the photos.
        scores: of all photos.
    """
    draw_cases(Inspector(run.model_file), root, scores.select("test"), run.gradcam)
    write_figures(run.folder)
    write_report(run.folder)


def _decoding_as(champion: Champion, challenger: Challenger) -> Challenger:
    """Photos are decoded as the champion decodes them, whatever its training did."""
    side = champion.file.metadata.input.reduced_side
    rules = challenger.model.rules.model_copy(update={"reduced_side": side})
    return challenger._replace(model=challenger.model._replace(rules=rules))


def _write_models(champion: Champion, challenger: Challenger, run: RunFolder) -> None:
    before, models = ModelsFolder(champion.run.folder), ModelsFolder(run.folder)
    save_full(challenger.model, models.full)
    if challenger.refitted.out_of_fold is not None:
        save_out_of_fold(challenger.refitted.out_of_fold, run.folder)
    challenger.fitted.write(run.folder)
    if challenger.measures is not None:
        challenger.measures.write(run.folder)
    if before.trunk_precision.exists():
        shutil.copyfile(before.trunk_precision, models.trunk_precision)
    for name in _COPIED:
        source: Path = getattr(champion.run, name)
        if source.exists():
            shutil.copyfile(source, getattr(run, name))
    _share_traces(champion.run, run)
    write_manifest(challenger.dataset, run.manifest)


def _share_traces(champion: RunFolder, run: RunFolder) -> None:
    """Local features of the old photos, 50 kB each; those of new ones are in the user's cache."""
    if champion.traces.is_dir():
        run.traces.mkdir(parents=True, exist_ok=True)
        for file in champion.traces.iterdir():
            share_file(file, run.traces / file.name)


def _export(champion: Champion, challenger: Challenger, run: RunFolder) -> Path:
    model, dataset = challenger.model, challenger.dataset
    draft = ModelsFolder(run.folder).draft
    reference = _reference(champion, dataset, has_ok=model.ok_class is not None)
    digest, depth, before = dataset.digest, dataset.depth, challenger.before
    if before is None or not write_refitted(
        champion.file, before, model, draft,
        dataset_digest=digest, reference=reference, depth=depth,
    ):  # fmt: skip
        name = champion.file.metadata.name
        export(model, draft, name=name, dataset_digest=digest, reference=reference, depth=depth)
    return draft


def _reference(champion: Champion, dataset: Dataset, *, has_ok: bool) -> np.ndarray:
    """Photos uint8 (N, S, S, 3) of good parts, as a training takes them: they alone are decoded."""
    train = dataset.select("train")
    numbers: Any = np.arange(len(train))  # in place of pixels: which photos are chosen
    parts = group_numbers([photo.group for photo in train.photos])
    sample = Sample(numbers, train.labels(), parts)
    chosen = reference_photos(sample, has_ok=has_ok, most=_REFERENCE)
    paths = train.paths()
    rules = champion.file.metadata.input
    return load_photos(
        [paths[number] for number in chosen],
        rules.image_size,
        depth=dataset.depth,
        reduced_side=rules.reduced_side,
    )


def _score(
    champion: Champion,
    challenger: Challenger,
    table: FeatureTable,
    run: RunFolder,
    progress: Progress,
) -> Published:
    dataset, settings, models = challenger.dataset, champion.settings, ModelsFolder(run.folder)
    metadata = modelfile.read(models.draft).metadata
    raw = score_photos(challenger.model, metadata, dataset.photos, table)
    raw.write(models.raw_scores)
    folded = scores_of_folds(dataset, run, metadata)
    chosen = calibrate(dataset, raw, folded, metadata, settings.operating_point, progress)
    scores = at_point(raw, chosen.metadata)
    scores.write(run.scores)
    if folded is not None:
        chosen.held_out.write(run.out_of_fold)
    leakage = leakage_of(dataset, run)
    context = EvaluationContext(
        scores.select("test"),
        chosen.metadata.operating_point,
        split="test",
        leakage=leakage,
        validation=chosen.held_out,
        policy=settings.operating_point,
        calibration=chosen.metadata.calibration,
        folds=chosen.held_out if folded is not None else None,
        from_training=True,
        warnings=(*not_searched(leakage.not_checked), *chosen.unmet),
    )
    metrics = measure(context).having(
        settings=settings.model_dump(mode="json"),
        number_format=number_format(run),
        report=settings.report.model_dump(mode="json"),
    )
    return Published(chosen, scores, metrics)


def _seal(
    champion: Champion, dataset: Dataset, published: Published, run: RunFolder, draft: Path
) -> None:
    chosen, folds = published.chosen, run.out_of_fold.exists()
    update = {
        "traces": traces_of(dataset, run, folds=folds),
        "held_out": held_out(published.scores, chosen.held_out if folds else None),
        # in log-odds: a classifier that was fitted again moves it by less than heatmaps show
        "heat": champion.file.metadata.heat,
        "metrics": published.metrics.model_dump(mode="json", include=set(SEALED)),
    }
    modelfile.seal(draft, chosen.metadata.model_copy(update=update))
    os.replace(draft, run.model_file)  # noqa: PTH105 - atomic
