"""`split`: photos on disk -> manifests whose splits no part crosses."""

from pathlib import Path
from typing import Any

from okng.audit import with_splits
from okng.config import load, resolve
from okng.dataset import make_folds
from okng.pipeline.auditing import look_at, share_out
from okng.pipeline.moving import write_beside
from okng.progress import Progress, watched


def split(
    photos: Path | str,
    out: Path | str,
    *,
    folds: int | None = None,
    progress: Progress | bool | None = None,
    **settings: Any,
) -> list[Path]:
    """Audit photos and share them out; of a given split that is kept, leaks are told.

    Args:
        photos: a folder in one of the known layouts, or a CSV or Parquet manifest.
        out: the manifest to write; its paths are relative to its own folder, so that
            `okng train` takes it as it is.
        folds: write as many manifests instead, `<out>-fold1.csv` and so on; each photo is in the
            test of one of them.
        progress: receives the progress; None shows it on stderr, False shows nothing.
        **settings: `split` (keep, new, repair), `ok`, `no_ok`, `group_by`, `no_near`,
            `validation_share`, `test_share`, `seed`.

    Returns:
        The files that were written.

    Raises:
        ConfigError: settings are unknown or not valid.
        DatasetError: the photos cannot be used, or not be shared out.
    """
    chosen, target = resolve(load(None, settings)), Path(out)
    watcher = watched(progress)
    examined = look_at(Path(photos), chosen, watcher)
    if folds is None:
        dataset = share_out(examined.dataset, chosen, watcher)
        for finding in with_splits(examined, dataset).findings.serious:
            watcher.say(f"AUDIT: {finding.what} {finding.advice}")
        return [write_beside(dataset, target)]
    shared = make_folds(
        examined.dataset, folds, validation=chosen.data.validation_share, seed=chosen.training.seed
    )
    return [
        write_beside(fold, target.with_name(f"{target.stem}-fold{number}{target.suffix or '.csv'}"))
        for number, fold in enumerate(shared, 1)
    ]
