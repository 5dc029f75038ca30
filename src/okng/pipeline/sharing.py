"""`split`: photos on disk -> manifests whose splits no part crosses."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from okng.config import load, resolve
from okng.dataset import Dataset, Photo, make_folds, write_manifest
from okng.pipeline.auditing import look_at, share_out
from okng.progress import Progress, Silent


def split(
    photos: Path | str,
    out: Path | str,
    *,
    folds: int | None = None,
    progress: Progress | None = None,
    **settings: Any,
) -> list[Path]:
    """Audit photos and share them out.

    Args:
        photos: a folder in one of the known layouts, or a CSV or Parquet manifest.
        out: the manifest to write; its paths are relative to its own folder, so that
            `okng train` takes it as it is.
        folds: write as many manifests instead, `<out>-fold1.csv` and so on; each photo is in the
            test of one of them.
        progress: who is told how far it is; nobody when left out.
        **settings: `split` (keep, new, repair), `ok`, `no_ok`, `group_by`, `no_near`,
            `validation_share`, `test_share`, `seed`.

    Returns:
        The files that were written.

    Raises:
        ConfigError: settings are unknown or not valid.
        DatasetError: the photos cannot be used, or not be shared out.
    """
    chosen, target = resolve(load(None, settings)), Path(out)
    dataset = look_at(Path(photos), chosen, progress or Silent()).dataset
    if folds is None:
        return [_write(share_out(dataset, chosen), target)]
    shared = make_folds(
        dataset, folds, validation=chosen.data.validation_share, seed=chosen.training.seed
    )
    return [
        _write(fold, target.with_name(f"{target.stem}-fold{number}{target.suffix or '.csv'}"))
        for number, fold in enumerate(shared, 1)
    ]


def _write(dataset: Dataset, target: Path) -> Path:
    home = target.resolve().parent
    photos = tuple(_moved(photo, dataset.root, home) for photo in dataset.photos)
    write_manifest(replace(dataset, root=home, photos=photos), target)
    return target


def _moved(photo: Photo, root: Path, home: Path) -> Photo:
    path = (root / photo.path).resolve()
    inside = path.is_relative_to(home)
    return replace(photo, path=(path.relative_to(home) if inside else path).as_posix())
