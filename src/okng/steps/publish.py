"""Export, score once, calibrate, measure, seal, report.

Everything after the export is computed from one pass of the exported file over all photos, never
from the network it came from; the file is sealed once.
"""

import json
import os
from pathlib import Path

from okng import modelfile
from okng.config import Settings, Turns
from okng.dataset import Dataset, rare_in_words
from okng.evaluation import (
    BaselinePhotos,
    EvaluationContext,
    Leakage,
    Metrics,
    Scores,
    check_heatmaps,
    measure,
    write_figures,
    write_metrics,
    write_report,
)
from okng.evaluation.decision import decision_result
from okng.evaluation.report.pdf_file import write_pdf
from okng.evaluation.results.provenance import Export
from okng.events import Progress
from okng.export import InspectionGraph, check_parity, export, follow, usual_photos
from okng.inference import Inspector
from okng.modelfile import Metadata
from okng.runs.layout import ModelsFolder, RunFolder
from okng.steps.calibrate import Calibrated, calibrate
from okng.steps.decode import Samples
from okng.steps.leakage.conclusions import not_looked
from okng.steps.leakage.fingerprints import traces_of
from okng.steps.numbering import Step
from okng.steps.out_of_fold import scores_of_folds
from okng.steps.score_photos import (
    check_published,
    draw_cases,
    judge,
    measure_speed,
    measured_heat_scale,
    model_facts,
    try_changes,
)
from okng.steps.score_table import at_point, verdicts_at
from okng.steps.training_agreement import check_training
from okng.training import load_full
from okng.verdict import Verdict

_HALF_TURN = 180  # degrees to either side: all angles
_CHANGED_PHOTOS = 50  # the fewest of which one may turn; `okng evaluate --robustness` takes 96


def publish(
    dataset: Dataset,
    samples: Samples,
    run: RunFolder,
    settings: Settings,
    progress: Progress,
) -> None:
    """Export the network, evaluate the file, and publish it with scores, metrics and report.

    Args:
        dataset: photos with their splits.
        samples: the same photos decoded, as training had them.
        run: the run folder; the network is read from it.
        settings: resolved.
        progress: receives the progress.

    Raises:
        TrainingError: the network cannot be exported, or the file gives other scores than it.
    """
    models = ModelsFolder(run.folder)
    model = load_full(models.full)
    Step.EXPORT.begin(progress)
    usual = usual_photos(samples["train"], has_ok=model.ok_class is not None)
    graph = export(
        model,
        models.draft,
        name=run.folder.name,
        dataset_digest=dataset.digest,
        usual=usual,
        depth=dataset.depth,
    )
    Step.SCORE.begin(progress)
    inspector = Inspector(models.draft)
    raw_verdicts, raw = judge(dataset, inspector, "judge all", progress)
    raw.write(models.raw_scores)
    folded = scores_of_folds(dataset, run, inspector.metadata)
    chosen = calibrate(dataset, raw, folded, inspector.metadata, settings.operating_point, progress)
    scores = at_point(raw, chosen.metadata)
    scores.write(run.scores)
    if folded is not None:
        chosen.held_out.write(run.out_of_fold)
    metrics = _measure(dataset, scores, chosen, samples, settings, run, folds=folded is not None)
    follow(graph, chosen.metadata)
    agreed = _agreement(
        dataset, graph, samples, verdicts_at(scores, raw_verdicts), raw, chosen, run, settings
    )
    metrics = metrics.having(export=agreed)
    traces = traces_of(dataset, run, folds=folded is not None)
    heat = measured_heat_scale(inspector, dataset.root, scores)
    metadata = chosen.metadata.model_copy(update={"traces": traces, "heat": heat})
    _seal(models.draft, run, metadata, metrics)
    published = Inspector(run.model_file)
    tested = scores.select("test")
    check_published(published, dataset.root, tested)
    Step.ROBUSTNESS.begin(progress)
    changed = try_changes(
        published, dataset.root, tested, _CHANGED_PHOTOS, progress, _anyhow(settings)
    )
    Step.HEATMAPS.begin(progress)
    unseen = scores.keep(scores.table["split"].isin(["val", "test"]).to_numpy())
    metrics = metrics.having(
        robustness=changed,
        heatmap_check=check_heatmaps(run.model_file, dataset.root, unseen),
        speed=measure_speed(published, [dataset.root / path for path in tested.table["path"]]),
        report=settings.report.model_dump(mode="json"),
        model=model_facts(run.model_file),
    )
    metrics = metrics.having(decision=decision_result(metrics.plain()))
    write_metrics(metrics, run.metrics_file)
    Step.REPORT.begin(progress)
    draw_cases(published, dataset.root, tested, run.gradcam)
    write_figures(run.folder)
    write_report(run.folder)
    if settings.report.pdf:
        write_pdf(run.folder)


def _anyhow(settings: Settings) -> tuple[str, ...]:
    """Rotation says nothing about a line where parts lie at any angle, and were trained so."""
    whole = settings.augment.rotation >= _HALF_TURN and settings.augment.turns is not Turns.QUARTER
    return ("rotation",) if whole else ()


def _measure(
    dataset: Dataset,
    scores: Scores,
    chosen: Calibrated,
    samples: Samples,
    settings: Settings,
    run: RunFolder,
    *,
    folds: bool,
) -> Metrics:
    leakage = _leakage(dataset, run)
    rare = [rare_in_words(dataset)] if dataset.rare else []
    context = EvaluationContext(
        scores.select("test"),
        chosen.metadata.operating_point,
        split="test",
        leakage=leakage,
        validation=chosen.held_out,
        policy=settings.operating_point,
        calibration=chosen.metadata.calibration,
        folds=chosen.held_out if folds else None,
        baseline_photos=_baseline_photos(dataset, samples),
        from_training=True,
        warnings=(*not_looked(leakage.not_checked), *rare, *chosen.unmet),
    )
    return measure(context).having(settings=settings.model_dump(mode="json"))


def _leakage(dataset: Dataset, run: RunFolder) -> Leakage:
    """Photos of the test whose group also has photos that training or validation saw."""
    seen = {photo.group for photo in dataset.photos if photo.split in {"train", "val"}} - {""}
    leaked = [p.path for p in dataset.photos if p.split == "test" and p.group in seen]
    audit = json.loads(run.audit.read_text(encoding="utf-8"))
    looked = "near_duplicates" in audit["summary"]["checked"]
    checked = ["exact duplicates", "given groups", *(["near-duplicates"] if looked else [])]
    reasons = audit["summary"]["not_checked"]
    not_checked = {"near": reasons["near_duplicates"]} if "near_duplicates" in reasons else {}
    return Leakage(
        photos=len(leaked),
        checked=tuple(checked),
        paths=tuple(leaked),
        found={"group": len(leaked)},
        not_checked=not_checked,
        set_aside=True,
    )


def _baseline_photos(dataset: Dataset, samples: Samples) -> BaselinePhotos:
    train, test = samples["train"], samples["test"]
    groups = [photo.group for photo in dataset.select("test").photos]
    return BaselinePhotos(train.photos, train.labels > 0, test.photos, test.labels > 0, groups)


def _agreement(
    dataset: Dataset,
    graph: InspectionGraph,
    samples: Samples,
    verdicts: list[Verdict],
    raw: Scores,
    chosen: Calibrated,
    run: RunFolder,
    settings: Settings,
) -> Export:
    """The file against the network and against training."""
    point = chosen.metadata.operating_point
    tested = [
        (Path(verdict.path), verdict)
        for photo, verdict in zip(dataset.photos, verdicts, strict=True)
        if photo.split == "test" and not verdict.error
    ]
    paths, judged = zip(*tested, strict=True)
    agreed = check_training(dataset, graph, samples, verdicts, raw, point, run, settings)
    parity = check_parity(graph, paths, judged, point, depth=dataset.depth)
    return Export(**parity._asdict(), training=agreed.result())


def _seal(draft: Path, run: RunFolder, metadata: Metadata, metrics: Metrics) -> None:
    """Seal the figures into the file and give it its name: from now on it is an inspector."""
    figures = metrics.model_dump(mode="json", include=set(_SEALED))
    update = {"metrics": figures} | _set_by_hand(run.model_file)
    modelfile.seal(draft, metadata.model_copy(update=update))
    os.replace(draft, run.model_file)  # noqa: PTH105 - atomic, also over an older file


def _set_by_hand(path: Path) -> dict[str, object]:
    """Operating point and history of a model file whose threshold a person has set."""
    kept = modelfile.read(path).metadata if path.exists() else None
    if kept is None or not kept.history:
        return {}
    return {"operating_point": kept.operating_point, "history": kept.history}


_SEALED = (
    "accuracy",
    "precision",
    "recall",
    "f1",
    "specificity",
    "roc_auc",
    "average_precision",
    "escape_rate",
    "overkill_rate",
    "confusion_matrix",
    "positive",
    "split",
    "photos",
)
