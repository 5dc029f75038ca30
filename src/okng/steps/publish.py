"""Export, score once, calibrate, measure, seal, report.

Everything after the export is computed from one pass of the exported file over all photos, never
from the network it came from; the file is sealed once,
and once more with the digest of its certificate.
"""

import json
import os
from pathlib import Path
from typing import NamedTuple

from okng import modelfile
from okng.config import ResolvedSettings, Turns
from okng.dataset import Dataset, rare_types
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
from okng.evaluation.held_out import held_out
from okng.evaluation.report.pdf_file import write_pdf
from okng.evaluation.results import message
from okng.evaluation.results.provenance import Decoding, Export, NumberFormat
from okng.events import Progress
from okng.export import InspectionGraph, check_parity, export, follow, reference_photos
from okng.inference import Inspector
from okng.runs.layout import ModelsFolder, RunFolder
from okng.steps.calibrate import Calibrated, calibrate
from okng.steps.decode import Samples, decode_all
from okng.steps.evaluating.certifying import certify_run
from okng.steps.leakage.conclusions import not_searched
from okng.steps.leakage.fingerprints import traces_of
from okng.steps.numbering import Step
from okng.steps.out_of_fold import scores_of_folds
from okng.steps.score_photos import (
    at_full_size,
    check_decoding,
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
from okng.training import load_full, read_choice
from okng.verdict import Verdict
from okng.wording import sentence

_DECODED = {True: "decoded_reduced", False: "decoded_whole"}
_HALF_TURN = 180  # degrees to either side: all angles
_CHANGED_PHOTOS = 50  # the fewest of which one may turn; `okng evaluate --robustness` takes 96


def publish(
    dataset: Dataset,
    samples: Samples,
    run: RunFolder,
    settings: ResolvedSettings,
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
    Step.EXPORT.begin(progress)
    graph = _export(dataset, samples, run)
    Step.SCORE.begin(progress)
    scored = _score(dataset, run, settings, progress)
    decoding = _decoding(dataset, scored, progress)
    if decoding is not None and not decoding.reduced:
        # Everything that follows is measured at full size; the network keeps what it learned.
        draft = ModelsFolder(run.folder).draft
        modelfile.seal(draft, at_full_size(modelfile.read(draft)).metadata)
        samples = decode_all(dataset, settings, progress, 0)
        scored = _score(dataset, run, settings, progress)
    metrics = _measure(dataset, scored, samples, settings, run)
    # The network in torch gets the calibration of the file: parity compares the whole way.
    follow(graph, scored.chosen.metadata)
    agreed = _agreement(dataset, graph, samples, scored, run, settings)
    metrics = metrics.having(export=agreed.model_copy(update={"decoding": decoding}))
    _seal(dataset, scored, run, metrics, progress)
    inspector, tested = Inspector(run.model_file), scored.scores.select("test")
    check_published(inspector, dataset.root, tested)
    metrics = _probe(dataset, inspector, scored.scores, metrics, run, settings, progress)
    write_metrics(metrics.having(decision=decision_result(metrics.plain())), run.metrics_file)
    Step.REPORT.begin(progress)
    # From here on only the published file is asked.
    draw_cases(inspector, dataset.root, tested, run.gradcam)
    write_figures(run.folder)
    write_report(run.folder)
    if settings.report.pdf:
        write_pdf(run.folder)


class _Scored(NamedTuple):
    """One pass of the exported file, and what was chosen by it.

    Attributes:
        draft: the exported file, loaded.
        verdicts: of the pass, in the order of the data set, before calibration.
        raw: the same as a table.
        chosen: calibration and operating point, and the scores that they were chosen on.
        scores: the table with both.
        folds: whether the classifier was cross-fitted.
    """

    draft: Inspector
    verdicts: list[Verdict]
    raw: Scores
    chosen: Calibrated
    scores: Scores
    folds: bool


def _export(dataset: Dataset, samples: Samples, run: RunFolder) -> InspectionGraph:
    """Write the file that is to be evaluated, from the network in the run folder."""
    models = ModelsFolder(run.folder)
    model = load_full(models.full)
    return export(
        model,
        models.draft,
        name=run.folder.name,
        dataset_digest=dataset.digest,
        reference=reference_photos(samples["train"], has_ok=model.ok_class is not None),
        depth=dataset.depth,
    )


def _score(
    dataset: Dataset, run: RunFolder, settings: ResolvedSettings, progress: Progress
) -> _Scored:
    """Score all photos once; fit the calibration and choose the operating point on held-out ones.

    Leaves `models/raw_scores.csv`, `scores.csv` and, of folds, `out_of_fold.csv`.
    """
    models = ModelsFolder(run.folder)
    inspector = Inspector(models.draft)
    verdicts, raw = judge(dataset, inspector, "judge all", progress)
    raw.write(models.raw_scores)
    folded = scores_of_folds(dataset, run, inspector.metadata)
    chosen = calibrate(dataset, raw, folded, inspector.metadata, settings.operating_point, progress)
    scores = at_point(raw, chosen.metadata)
    scores.write(run.scores)
    if folded is not None:
        chosen.held_out.write(run.out_of_fold)
    return _Scored(inspector, verdicts, raw, chosen, scores, folded is not None)


def _decoding(dataset: Dataset, scored: _Scored, progress: Progress) -> Decoding | None:
    """Whether large JPEGs may be decoded at a fraction; None where there are none."""
    checked = check_decoding(dataset, scored.draft, scored.raw, scored.chosen.metadata)
    if checked is not None:
        progress.choose("decode", sentence(_DECODED[checked.reduced], **checked.model_dump()))
    return checked


def _probe(
    dataset: Dataset,
    inspector: Inspector,
    scores: Scores,
    metrics: Metrics,
    run: RunFolder,
    settings: ResolvedSettings,
    progress: Progress,
) -> Metrics:
    """The metrics with those for which the published file scores photos again."""
    root, tested = dataset.root, scores.select("test")
    Step.ROBUSTNESS.begin(progress)
    changed = try_changes(inspector, root, tested, _CHANGED_PHOTOS, progress, _anyhow(settings))
    Step.HEATMAPS.begin(progress)
    # photos that the network has not learned from
    held_out = scores.keep(scores.table["split"].isin(["val", "test"]).to_numpy())
    return metrics.having(
        robustness=changed,
        heatmap_check=check_heatmaps(run.model_file, root, held_out),
        speed=measure_speed(inspector, [root / path for path in tested.table["path"]]),
        report=settings.report.model_dump(mode="json"),
        model=model_facts(run.model_file),
    )


def _anyhow(settings: ResolvedSettings) -> tuple[str, ...]:
    """Kinds of changes that are not tried: rotation, where photos were trained at all angles."""
    # turned by any angle in training: a turn is no change to be robust to
    whole = settings.augment.rotation >= _HALF_TURN and settings.augment.turns is not Turns.QUARTER
    return ("rotation",) if whole else ()


def _measure(
    dataset: Dataset, scored: _Scored, samples: Samples, settings: ResolvedSettings, run: RunFolder
) -> Metrics:
    leakage, chosen = leakage_of(dataset, run), scored.chosen
    rare = rare_types(dataset)
    warnings = [message(rare.code, **rare.values)] if rare else []
    context = EvaluationContext(
        scored.scores.select("test"),
        chosen.metadata.operating_point,
        split="test",
        leakage=leakage,
        validation=chosen.held_out,
        policy=settings.operating_point,
        calibration=chosen.metadata.calibration,
        folds=chosen.held_out if scored.folds else None,
        baseline_photos=_baseline_photos(dataset, samples),
        from_training=True,
        warnings=(
            *not_searched(leakage.not_checked),
            *warnings,
            *chosen.unmet,
        ),
    )
    return measure(context).having(
        settings=settings.model_dump(mode="json"), number_format=number_format(run)
    )


def number_format(run: RunFolder) -> NumberFormat | None:
    """Which number format the frozen layers have, and the trial that it was chosen by."""
    choice = read_choice(run.folder)
    if choice is None:
        return None
    trial = choice.trial.model_dump() if choice.trial else {}
    return NumberFormat(precision=choice.precision.value, reason=choice.reason, **trial)


def leakage_of(dataset: Dataset, run: RunFolder) -> Leakage:
    """Photos of the test whose group also has photos that training or validation saw."""
    # parts on both sides of the split: only a given split can have them
    seen = {photo.group for photo in dataset.photos if photo.split in {"train", "val"}} - {""}
    leaked = [p.path for p in dataset.photos if p.split == "test" and p.group in seen]
    audit = json.loads(run.audit.read_text(encoding="utf-8"))
    searched = "near_duplicates" in audit["summary"]["checked"]
    checked = ["exact duplicates", "given groups", *(["near-duplicates"] if searched else [])]
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
    # class 0 is OK
    return BaselinePhotos(train.photos, train.labels > 0, test.photos, test.labels > 0, groups)


def _agreement(
    dataset: Dataset,
    graph: InspectionGraph,
    samples: Samples,
    scored: _Scored,
    run: RunFolder,
    settings: ResolvedSettings,
) -> Export:
    """The file against the network and against training."""
    point = scored.chosen.metadata.operating_point
    verdicts = verdicts_at(scored.scores, scored.verdicts)
    tested = [
        (Path(verdict.path), verdict)
        for photo, verdict in zip(dataset.photos, verdicts, strict=True)
        if photo.split == "test" and not verdict.error
    ]
    # at least one: a test without a readable photo was refused before
    paths, tested_verdicts = zip(*tested, strict=True)
    agreed = check_training(dataset, graph, samples, verdicts, scored.raw, point, run, settings)
    rules = scored.chosen.metadata.input
    parity = check_parity(
        graph, paths, tested_verdicts, point, depth=rules.depth, reduced_side=rules.reduced_side
    )
    return Export(**parity._asdict(), training=agreed.result())


def _seal(
    dataset: Dataset, scored: _Scored, run: RunFolder, metrics: Metrics, progress: Progress
) -> None:
    """Seal calibration, operating point and metrics into the file, and give it its name.

    From now on it is an inspector.
    """
    draft = ModelsFolder(run.folder).draft
    update: dict[str, object] = {
        "traces": traces_of(dataset, run, folds=scored.folds),
        "held_out": held_out(scored.scores, scored.chosen.held_out if scored.folds else None),
        "heat": measured_heat_scale(scored.draft, dataset.root, scored.scores),
        "metrics": metrics.model_dump(mode="json", include=set(SEALED)),
    }
    update |= _set_by_hand(run.model_file)  # a resumed run must not undo `okng set-threshold`
    modelfile.seal(draft, scored.chosen.metadata.model_copy(update=update))
    certify_run(draft, dataset.root, scored.scores, run, progress)
    os.replace(draft, run.model_file)  # noqa: PTH105 - atomic, also over an older file


def _set_by_hand(path: Path) -> dict[str, object]:
    """Operating point and history of a model file whose threshold a person has set."""
    published = modelfile.read(path).metadata if path.exists() else None
    if published is None or not published.history:
        return {}
    return {"operating_point": published.operating_point, "history": published.history}


SEALED = (
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
