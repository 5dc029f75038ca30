"""`split`: photos on disk -> manifests whose splits no part crosses."""

import os
from pathlib import Path
from typing import Any

from okng.auditing import with_splits
from okng.config import load, resolve
from okng.dataset import Dataset, make_folds, set_rare_aside
from okng.events import Progress, watched
from okng.steps.examine import examine_photos, split_as_set
from okng.steps.manifests import check_target, write_beside
from okng.steps.notices import question_variables
from okng.wording import sentence


def split(
    photos: Path | str,
    out: Path | str,
    *,
    folds: int | None = None,
    overwrite: bool = False,
    progress: Progress | bool | None = None,
    **settings: Any,
) -> list[Path]:
    """Audit the photos and assign splits. An existing split is kept; leaks in it are reported.

    Args:
        photos: a folder in one of the known layouts, or a CSV or Parquet manifest.
        out: the manifest to write; its paths are relative to its own folder, so that
            `okng train` takes it as it is.
        overwrite: replace a file that is there.
        folds: write as many manifests instead, `<out>-fold1.csv` and so on; each photo is in the
            test of one of them.
        progress: receives the progress; None shows it on stderr, False shows nothing.
        **settings: `split` (keep, new, repair), `ok`, `no_ok`, `group_by`, `no_near`,
            `validation_share`, `test_share`, `seed`.

    Returns:
        The files that were written.

    Raises:
        ConfigError: settings are unknown or not valid, or a file is there already.
        DatasetError: the photos cannot be used, or not be shared out.
    """
    chosen, target = resolve(load(None, settings, env=os.environ)), Path(out)
    targets = [target] if folds is None else [_of_fold(target, n) for n in range(1, folds + 1)]
    for file in targets:
        check_target(file, Path(photos), overwrite=overwrite)
    watcher = watched(progress)
    question_variables(os.environ, watcher)
    examined = examine_photos(Path(photos), chosen, watcher)
    known = set_rare_aside(examined.dataset)
    if folds is None:
        shared = [split_as_set(known, chosen, watcher)]
        for finding in with_splits(examined, shared[0]).findings.serious:
            watcher.finding(finding.check, finding.severity.value, finding.result)
    else:
        share, seed = chosen.data.validation_share, chosen.training.seed
        shared = make_folds(known, folds, validation=share, seed=seed)
    for dataset, file in zip(shared, targets, strict=True):
        write_beside(dataset, file)
        watcher.say(sentence("split_written", file=str(file), counts=_counts(dataset)))
    return targets


def _of_fold(target: Path, number: int) -> Path:
    return target.with_name(f"{target.stem}-fold{number}{target.suffix or '.csv'}")


def _counts(dataset: Dataset) -> list[tuple[str, int, list[tuple[str, int]]]]:
    """Photos by split and class."""
    return [
        (split, sum(labels.values()), list(labels.items()))
        for split, labels in dataset.counts().items()
    ]
