"""`retrain`: a run learns from what people said of its parts, and the gate compares both."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from okng.config import StationSettings
from okng.errors import ConfigError, TrainingError
from okng.evaluation import Scores, write_metrics
from okng.evaluation.gate import Paired, paired_scores
from okng.evaluation.results.gate import GateLimits, GateResult
from okng.evaluation.results.retraining import Retraining, ReviewAudit
from okng.events import Progress, watched
from okng.preprocess import keep_decoded
from okng.records import Records
from okng.records.transfer import refuse_missing
from okng.records.upkeep import database_of, photo_store
from okng.runs.layout import ModelsFolder, RunFolder
from okng.runs.lock import claimed
from okng.runs.state import recorded
from okng.station.library import FOLDER, Library
from okng.station.oversight.reviewed_photos import (
    ClassNames,
    export_reviewed,
    of_station,
    reported_photos,
    stored_in,
)
from okng.steps.out_of_fold import scores_of_logits
from okng.steps.retraining.anew import anew_task, recent_verdicts
from okng.steps.retraining.champion import Champion, read_champion
from okng.steps.retraining.features import (
    FeatureTable,
    add_tested,
    added_block,
    hand_on,
    nearest_photos,
    read_table,
)
from okng.steps.retraining.field import FieldPhotos, field_photos
from okng.steps.retraining.gating import gate_runs
from okng.steps.retraining.publishing import Published, publish_challenger, report_challenger
from okng.steps.retraining.refitting import (
    Challenger,
    fresh_photos,
    refit_model,
    score_photos,
    uncalibrated,
    unfamiliarity,
)
from okng.steps.retraining.reviewed import join_reviewed, read_reviewed
from okng.steps.score_table import at_point
from okng.training import alone, has_features, load_full, mapped_errors

TrainAnew = Callable[..., Any]
"""`okng.train`, or what takes its place in a test."""


class Retrained(NamedTuple):
    """What came of a retraining.

    Attributes:
        run: folder of the challenger.
        gate: whether it may take the champion's place.
        retraining: how it came about.
    """

    run: RunFolder
    gate: GateResult
    retraining: Retraining


def retrain(
    run: Path | str,
    *,
    station: StationSettings | None = None,
    reviewed: Path | str | None = None,
    photos: Path | str | None = None,
    out: Path | str | None = None,
    limits: GateLimits | None = None,
    report: bool = True,
    train_anew: TrainAnew | None = None,
    progress: Progress | bool | None = None,
) -> Retrained:
    """Add reviewed photos to those of a run, fit it again, and let the gate compare both.

    Where the layers of the network stayed frozen and the run has kept their features, only the
    classifier is fitted, in seconds. Otherwise the whole network is trained anew.

    Args:
        run: folder of the champion, a finished run.
        station: settings that say where the records are: reviewed photos, known escapes and master
            parts come from there.
        reviewed: further reviewed photos, a manifest or a folder; in place of those of the
            records.
        photos: the folder that the champion was trained from, if it is not where it was.
        out: folder of the challenger; a new one beside the champion when left out.
        limits: by how much the challenger may be worse on the frozen test.
        report: whether to write the report of the challenger, which takes some seconds more.
        train_anew: trains a whole network from a manifest, as `okng.train` does; without it such a
            run is refused.
        progress: receives the progress; None shows it on stderr, False shows nothing.

    Raises:
        ConfigError: neither records nor reviewed photos are given.
        DatasetError: no reviewed photo is left to learn from.
        TrainingError: the run is not finished, or has to be trained anew.
    """
    watcher = watched(progress)
    champion = read_champion(Path(run), None if photos is None else Path(photos))
    folder = RunFolder(out or _new_folder(champion.run.folder))
    folder.folder.mkdir(parents=True, exist_ok=True)
    with alone(watcher), keep_decoded():
        with _records(station) as (records, settings):
            champion = _as_it_decides(champion, settings)
            source = _reviewed(reviewed, champion, records, settings, folder)
            field = _field(records, settings)
        begun = time.monotonic()
        made = _challenger(champion, source, folder, watcher, train_anew, report=report)
        allowed = limits or GateLimits()
        gate = gate_runs(champion, folder, recent=made.recent, field=field, limits=allowed)
        retraining = _stated(champion, made, time.monotonic() - begun)
        write_metrics(retraining, folder.retraining)
    return Retrained(folder, gate, retraining)


class _Made(NamedTuple):
    """A challenger in its folder.

    Attributes:
        audit: of the reviewed photos.
        photos: of training and validation.
        recent: verdicts of both models on parts that neither has learned.
        anew: whether the whole network was trained.
    """

    audit: ReviewAudit
    photos: int
    recent: Paired | None
    anew: bool


def _challenger(
    champion: Champion,
    source: Path,
    folder: RunFolder,
    watcher: Progress,
    train_anew: TrainAnew | None,
    *,
    report: bool,
) -> _Made:
    if not has_features(champion.run.folder):
        return _anew(champion, source, folder, watcher, train_anew)
    with claimed(folder.folder), recorded(folder, "retrain", watcher) as receiver:
        return _refit(champion, source, folder, receiver, report=report)


def _stated(champion: Champion, made: _Made, seconds: float) -> Retraining:
    return Retraining(
        champion=str(champion.run.folder.resolve()),  # `okng promote` runs anywhere
        champion_digest=champion.file.digest,
        anew=made.anew,
        photos=made.photos,
        audit=made.audit,
        seconds=round(seconds, 1),
    )


def _refit(
    champion: Champion, source: Path, folder: RunFolder, progress: Progress, *, report: bool
) -> _Made:
    model = load_full(ModelsFolder(champion.run.folder).full)
    table = read_table(champion)
    add_tested(champion, model, table, progress)
    reviewed = read_reviewed(champion, source, progress)
    block = added_block(champion, reviewed.dataset, model, table, reviewed.dataset.photos, progress)
    additions = join_reviewed(
        champion,
        reviewed,
        lambda asked: nearest_photos(table, asked, champion.dataset.photos),
        progress,
    )
    fresh = fresh_photos(additions)
    before = at_point(
        score_photos(model, champion.file.metadata, fresh, table), champion.file.metadata
    )
    with mapped_errors():
        made = refit_model(
            champion.run.folder, model, additions, table, champion.settings, progress
        )
    hand_on(champion, folder.folder, block)
    published = publish_challenger(champion, made, table, folder, progress)
    if report:
        report_challenger(folder, made.dataset.root, published.scores)
    learned = len(made.dataset.select("train", "val"))
    recent = paired_scores(before, _out_of_fold(made, published, table)) if fresh else None
    return _Made(additions.audit, learned, recent, anew=False)


def _out_of_fold(made: Challenger, published: Published, table: FeatureTable) -> Scores:
    """Scores of the fresh photos by classifiers that have not seen their parts."""
    metadata = published.chosen.metadata
    strange = unfamiliarity(made.model, table.plain(made.fresh)[0])
    raw = uncalibrated(metadata)
    return at_point(scores_of_logits(made.fresh, made.refitted.fresh, raw, strange), metadata)


def _anew(
    champion: Champion,
    source: Path,
    folder: RunFolder,
    progress: Progress,
    train_anew: TrainAnew | None,
) -> _Made:
    if train_anew is None:
        raise TrainingError(
            "Layers of this network learn, or the run has not kept its features",
            where=champion.run.folder,
            hint="Give `train_anew`, as `okng retrain` does: the whole network is trained anew.",
        )
    task = anew_task(champion, source, folder, progress)
    train_anew(
        task.manifest,
        out=folder.folder,
        config=champion.run.settings,
        split="keep",
        progress=progress,
        **({"ok": ok} if (ok := champion.file.metadata.ok_class) else {}),
    )
    recent = recent_verdicts(champion, folder, task)
    return _Made(task.audit, task.photos, recent, anew=True)


def _reviewed(
    given: Path | str | None,
    champion: Champion,
    records: Records | None,
    settings: StationSettings | None,
    folder: RunFolder,
) -> Path:
    """The manifest of the reviewed photos; those of records are written into the run folder."""
    if given is not None:
        return Path(given)
    if records is None or settings is None:
        raise ConfigError(
            "There is nothing to learn from",
            where="`station`, `reviewed`",
            allowed="the records of a station, or a manifest of reviewed photos",
            hint="Name the folder of the station and add `from_records`.",
        )
    exported = export_reviewed(
        records,
        stored_in(photo_store(settings)),
        folder.reviewed,
        wanted=of_station(records, settings.station.name),
        names=ClassNames.of(champion.file.metadata),
        reported=reported_photos(champion.run.folder),
    )
    return exported.manifest


def _as_it_decides(champion: Champion, settings: StationSettings | None) -> Champion:
    """The champion with the file that the station judges with: its threshold may be another."""
    if settings is None:
        return champion
    library = Library(settings.station.folder / FOLDER)
    for slot in library.names():
        file = library.stored(library.before(slot))
        own = champion.file.metadata.dataset_digest
        if file is not None and file.metadata.dataset_digest == own:
            return replace(champion, file=file)
    return champion


def _field(records: Records | None, settings: StationSettings | None) -> FieldPhotos:
    if records is None or settings is None:
        return FieldPhotos()
    return field_photos(records, stored_in(photo_store(settings)), settings.station.name)


@contextmanager
def _records(
    settings: StationSettings | None,
) -> Iterator[tuple[Records | None, StationSettings | None]]:
    if settings is None:
        yield None, None
        return
    refuse_missing(database_of(settings))
    with Records(database_of(settings)) as records:
        yield records, settings


def _new_folder(champion: Path) -> Path:
    stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
    return champion.resolve().parent / f"{champion.resolve().name}-retrained-{stamp}"
