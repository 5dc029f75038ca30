"""The last stages: export, calibrate, choose the operating point, judge, measure, report.

Everything after the export asks the model file, never the network it came from.
"""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np

from okng import modelfile
from okng.config import Settings, Turns
from okng.dataset import Dataset, rare_in_words
from okng.evaluation import (
    Scores,
    alternatives,
    assess,
    baselines,
    check_heatmaps,
    choose_operating_point,
    fit_calibration,
    out_of_fold,
    validation_of,
    write_figures,
    write_metrics,
    write_report,
)
from okng.evaluation.decision import decision_facts
from okng.evaluation.report.pdf_file import write_pdf
from okng.evaluation.threshold import in_words
from okng.export import InspectionGraph, check_parity, export, follow, usual_photos
from okng.inference import Inspector
from okng.modelfile import Metadata
from okng.progress import Progress
from okng.runs.layout import ModelsFolder, RunFolder
from okng.steps.decode import Samples
from okng.steps.leakage.conclusions import not_looked
from okng.steps.leakage.fingerprints import traces_of
from okng.steps.numbering import Step
from okng.steps.out_of_fold import (
    left_out,
    scores_of_folds,
    unseen_scores,
    untaught,
)
from okng.steps.score_photos import (
    draw_cases,
    judge,
    measure_speed,
    model_facts,
    try_changes,
    with_heat_scale,
)
from okng.steps.training_agreement import check_training
from okng.training import TrainedModel
from okng.verdict import Verdict

_HALF_TURN = 180  # degrees to either side: all angles
_CHANGED_PHOTOS = 50  # the fewest of which one may turn; `okng evaluate --robustness` takes 96


def prove(
    dataset: Dataset,
    model: TrainedModel,
    samples: Samples,
    run: RunFolder,
    settings: Settings,
    progress: Progress,
) -> None:
    """Make the model file and prove it; leave scores, metrics, figures, heatmaps and report.

    Raises:
        TrainingError: the network cannot be exported, or the file says something else than it.
    """
    draft = ModelsFolder(run.folder).draft
    Step.EXPORT.begin(progress)
    usual = usual_photos(samples["train"], has_ok=model.ok_class is not None)
    graph = export(
        model,
        draft,
        name=run.folder.name,
        dataset_digest=dataset.digest,
        usual=usual,
        depth=dataset.depth,
    )
    metadata, unmet = _calibrate(dataset, draft, run, settings, progress)
    follow(graph, metadata)
    Step.SCORE.begin(progress)
    verdicts, scores = judge(dataset, Inspector(draft), "judge all", progress)
    scores.write(run.scores)
    metrics = _measure(dataset, scores, metadata, samples, settings, run)
    metrics["warnings"] += unmet
    agreed = check_training(dataset, graph, samples, verdicts, scores, metadata, run, settings)
    parity = _parity(dataset, graph, verdicts, metadata)
    metrics["export"] = parity | {"training": agreed.plain()}
    metadata = with_heat_scale(metadata, draft, dataset.root, scores)
    _publish(draft, run, metadata, metrics)
    tested = scores.select("test")
    Step.ROBUSTNESS.begin(progress)
    metrics |= try_changes(
        run.model_file, dataset.root, tested, _CHANGED_PHOTOS, progress, _anyhow(settings)
    )
    Step.HEATMAPS.begin(progress)
    unseen = scores.keep(scores.table["split"].isin(["val", "test"]).to_numpy())
    metrics["heatmap_check"] = check_heatmaps(run.model_file, dataset.root, unseen)
    paths = [dataset.root / path for path in tested.table["path"]]
    metrics |= measure_speed(Inspector(run.model_file), paths)
    metrics["report"] = settings.report.model_dump(mode="json")
    metrics["decision"] = decision_facts(metrics)
    write_metrics(metrics | {"model": model_facts(run.model_file)}, run.metrics_file)
    Step.REPORT.begin(progress)
    _explain(dataset, scores, run)
    if settings.report.pdf:
        write_pdf(run.folder)


def _anyhow(settings: Settings) -> tuple[str, ...]:
    """Rotation says nothing about a line where parts lie at any angle, and were trained so."""
    whole = settings.augment.rotation >= _HALF_TURN and settings.augment.turns is not Turns.QUARTER
    return ("rotation",) if whole else ()


def _calibrate(
    dataset: Dataset, draft: Path, run: RunFolder, settings: Settings, progress: Progress
) -> tuple[Metadata, tuple[str, ...]]:
    """Fit calibration and threshold on what is said of photos that did not teach; seal both.

    Returns:
        The metadata, and what of the asked-for operating point cannot be kept.
    """
    metadata = modelfile.read(draft).metadata
    folds = scores_of_folds(dataset, run, metadata) is not None
    metadata = metadata.model_copy(update={"traces": traces_of(dataset, run, folds=folds)})
    raw = unseen_scores(dataset, draft, run, "calibrate", progress)
    calibration = fit_calibration(raw.probabilities, raw.labels)
    metadata = metadata.model_copy(update={"calibration": calibration})
    modelfile.seal(draft, metadata)
    unmet = () if folds else tuple(left_out(dataset))
    limit = settings.operating_point.unfamiliar_limit
    point = metadata.operating_point
    if dataset.ok_class is not None:
        calibrated = unseen_scores(dataset, draft, run, "threshold", progress)
        choice = choose_operating_point(validation_of(calibrated), settings.operating_point)
        unmet += choice.unmet
        for sentence in (*unmet, *map(in_words, choice.notes)):
            progress.say(f"THRESHOLD: {sentence}")
        point = choice.point
    point = point.model_copy(update={"unfamiliar_limit": limit})
    metadata = metadata.model_copy(update={"operating_point": point})
    modelfile.seal(draft, metadata)
    return metadata, unmet


def _measure(
    dataset: Dataset,
    scores: Scores,
    metadata: Metadata,
    samples: Samples,
    settings: Settings,
    run: RunFolder,
) -> dict[str, Any]:
    folded = scores_of_folds(dataset, run, metadata)
    own = [photo.path for photo in untaught(dataset).photos]
    chosen_on = scores.keep(np.asarray(scores.table["path"].isin(own)))
    held_out = chosen_on if folded is None else folded
    if folded is not None:
        folded.write(run.out_of_fold)
    metrics = assess(
        scores.select("test"),
        metadata.operating_point,
        split="test",
        leakage=_leakage(dataset, run),
        validation=held_out,
        settings=settings.operating_point,
        calibration=metadata.calibration,
    )
    if folded is not None:
        point = metadata.operating_point
        metrics["out_of_fold"] = out_of_fold(
            folded, settings.operating_point, point.threshold, scores.select("test")
        )
    if dataset.ok_class is not None:
        metrics["alternatives"] = alternatives(validation_of(held_out))
        metrics["baselines"] = _baselines(dataset, samples)
    metrics["warnings"] += not_looked(metrics["leakage"]["not_checked"])
    metrics["warnings"] += [rare_in_words(dataset)] if dataset.rare else []
    metrics["settings"] = settings.model_dump(mode="json")
    return metrics


def _leakage(dataset: Dataset, run: RunFolder) -> dict[str, Any]:
    """Photos of the test whose group also has photos that training or validation saw."""
    seen = {photo.group for photo in dataset.photos if photo.split in {"train", "val"}} - {""}
    leaked = [p.path for p in dataset.photos if p.split == "test" and p.group in seen]
    audit = json.loads(run.audit.read_text(encoding="utf-8"))
    looked = "near_duplicates" in audit["summary"]["checked"]
    checked = ["exact duplicates", "given groups", *(["near-duplicates"] if looked else [])]
    reasons = audit["summary"]["not_checked"]
    not_checked = {"near": reasons["near_duplicates"]} if "near_duplicates" in reasons else {}
    return {"photos": len(leaked), "checked": checked, "paths": leaked, "set_aside": True,
            "found": {"group": len(leaked)}, "not_checked": not_checked}  # fmt: skip


def _baselines(dataset: Dataset, samples: Samples) -> dict[str, Any]:
    train, test = samples["train"], samples["test"]
    groups = [photo.group for photo in dataset.select("test").photos]
    return baselines(train.photos, train.labels > 0, test.photos, test.labels > 0, groups)


def _parity(
    dataset: Dataset, graph: InspectionGraph, verdicts: list[Verdict], metadata: Metadata
) -> dict[str, Any]:
    tested = [
        (Path(verdict.path), verdict)
        for photo, verdict in zip(dataset.photos, verdicts, strict=True)
        if photo.split == "test" and not verdict.error
    ]
    paths, judged = zip(*tested, strict=True)
    return check_parity(
        graph, paths, judged, metadata.operating_point, depth=metadata.input.depth
    )._asdict()


def _publish(draft: Path, run: RunFolder, metadata: Metadata, metrics: dict[str, Any]) -> None:
    """Seal the figures into the file and give it its name: from now on it is an inspector."""
    figures = {name: metrics[name] for name in _SEALED if name in metrics}
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


def _explain(dataset: Dataset, scores: Scores, run: RunFolder) -> None:
    draw_cases(Inspector(run.model_file), dataset.root, scores.select("test"), run.gradcam)
    write_figures(run.folder)
    write_report(run.folder)
