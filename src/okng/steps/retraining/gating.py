"""The gate between two runs: the frozen test, reviewed parts, known escapes, master parts."""

import json
from collections.abc import Iterable
from pathlib import Path

from okng import modelfile
from okng.dataset import read_manifest
from okng.error_codes import Code
from okng.errors import DatasetError
from okng.evaluation import Scores, write_metrics
from okng.evaluation.gate import (
    Evidence,
    KnownEscape,
    MasterPhoto,
    Paired,
    judge_gate,
    paired_scores,
)
from okng.evaluation.results.gate import GateLimits, GateResult
from okng.evaluation.results.retraining import Retraining
from okng.inference import InspectionEngine
from okng.modelfile import ModelFile
from okng.runs.layout import RunFolder
from okng.station.promoting.promotions import Candidate, GateReport
from okng.steps.retraining.champion import Champion
from okng.steps.retraining.field import FieldPhotos, KnownPhoto


def gate_runs(
    champion: Champion,
    challenger: RunFolder,
    *,
    recent: Paired | None = None,
    field: FieldPhotos = FieldPhotos(),  # noqa: B008 - a tuple
    limits: GateLimits = GateLimits(),  # noqa: B008 - frozen
) -> GateResult:
    """Judge whether a challenger may take the place of a champion; leave `gate.json`.

    Args:
        champion: the run whose model decides, with the file that decides.
        challenger: the run whose model may take its place.
        recent: verdicts of both on reviewed parts that neither has learned.
        field: photos of the station that the challenger must not get wrong.
        limits: by how much it may be worse on the frozen test.

    Raises:
        DatasetError: the two were not tested on the same photos, or know no good parts.
    """
    before, after = champion.file, modelfile.read(challenger.model_file)
    _check_alike(before, after, challenger.folder)
    test = _frozen_test(champion.run, challenger, before, after)
    evidence = Evidence(test, recent, *_known(before, after, field))
    result = judge_gate(evidence, champion=before.digest, challenger=after.digest, limits=limits)
    write_metrics(result, challenger.gate)
    return result


def read_gate(folder: Path) -> GateReport:
    """The verdict of the gate on a challenger.

    Raises:
        DatasetError: it has not been judged, or the file cannot be read.
    """
    path = RunFolder(folder).gate
    try:
        return GateReport.read(path)
    except (OSError, ValueError) as exc:
        raise DatasetError(
            f"The verdict of the gate cannot be read: {exc}",
            where=path,
            hint="Make a challenger by `okng retrain`.",
            code=Code.GATE_MISSING,
        ) from exc


def candidate_of(folder: Path) -> Candidate:
    """What a run folder offers for promotion.

    Raises:
        DatasetError: the gate has not judged it, or its champion is not on record.
        ModelFileError: a model file is gone or was changed.
    """
    run, report = RunFolder(folder), read_gate(folder)
    try:
        stated = Retraining.of_plain(json.loads(run.retraining.read_bytes()))
    except (OSError, ValueError) as exc:
        raise DatasetError(
            f"How the run came about cannot be read: {exc}",
            where=run.retraining,
            hint="Make a challenger by `okng retrain`.",
            code=Code.GATE_MISSING,
        ) from exc
    champion: ModelFile | None = modelfile.read(RunFolder(stated.champion).model_file)
    if champion is not None and champion.digest != report.gate.champion:
        champion = None  # the station has changed its threshold, and has that file itself
    challenger = modelfile.read(run.model_file)
    return Candidate(champion, challenger, *report)


def _check_alike(champion: ModelFile, challenger: ModelFile, where: Path) -> None:
    one, other = champion.metadata, challenger.metadata
    if one.ok_class is None or (one.classes, one.ok_class) != (other.classes, other.ok_class):
        raise DatasetError(
            "The gate needs two models with the same classes, one of them that of good parts",
            where=where,
            allowed=", ".join(one.classes),
            hint="Compare other models by `okng compare`.",
            code=Code.COMPARISON_IMPOSSIBLE,
        )


def _frozen_test(
    champion: RunFolder, challenger: RunFolder, before: ModelFile, after: ModelFile
) -> Paired:
    """Verdicts on the photos that both were tested on, each at the operating point of its file."""
    one, other = _tested(champion, before), _tested(challenger, after)
    if not len(one) or set(one.table["path"]) != set(other.table["path"]):
        raise DatasetError(
            "The two runs were not tested on the same photos",
            where=challenger.folder,
            hint="Make the challenger by `okng retrain` from the champion: it keeps the test.",
            code=Code.COMPARISON_IMPOSSIBLE,
        )
    table = one.table.set_index("path", drop=False).loc[other.table["path"]]
    return paired_scores(Scores(table.reset_index(drop=True), one.classes, one.ok_class), other)


def _tested(run: RunFolder, file: ModelFile) -> Scores:
    """Scores of the test of a run, at the operating point of its file; a path is the digest.

    Two runs may have their photos in other folders, and one photo under two names.
    """
    metadata = file.metadata
    scores = Scores.read(run.scores, metadata.classes, metadata.ok_class)
    tested = scores.select("test").decided_by(metadata.operating_point)
    manifest = read_manifest(run.manifest, run.folder, no_ok=True)
    digests = {photo.path: photo.sha256 for photo in manifest.photos}
    table = tested.table.assign(path=[digests.get(path, path) for path in tested.table["path"]])
    return Scores(table.drop_duplicates("path").reset_index(drop=True), scores.classes,
                  scores.ok_class)  # fmt: skip


def _known(
    champion: ModelFile, challenger: ModelFile, field: FieldPhotos
) -> tuple[tuple[KnownEscape, ...], tuple[MasterPhoto, ...]]:
    if not field.escapes and not field.masters:
        return (), ()
    with InspectionEngine(champion) as one, InspectionEngine(challenger) as other:
        pairs = zip(_verdicts(one, field.escapes), _verdicts(other, field.escapes), strict=True)
        escapes = tuple(
            KnownEscape(photo.name, before or "", after or "")
            for photo, (before, after) in zip(field.escapes, pairs, strict=True)
        )
        verdicts = zip(field.masters, _verdicts(other, field.masters), strict=True)
        return escapes, tuple(MasterPhoto(p.name, p.truth, verdict) for p, verdict in verdicts)


def _verdicts(engine: InspectionEngine, photos: Iterable[KnownPhoto]) -> list[str | None]:
    return [
        None if photo.data is None else engine.inspect(photo.data).verdict.verdict.value
        for photo in photos
    ]
