"""The first stage: photos on disk -> manifest with groups and splits, and the audit of them."""

from pathlib import Path

from okng.audit import find_faults
from okng.config import Settings
from okng.dataset import (
    Dataset,
    add_digests,
    assign_splits,
    find_photos,
    read_manifest,
    write_manifest,
)
from okng.progress import Progress
from okng.run import RunFolder


def take_stock(source: Path, run: RunFolder, settings: Settings, progress: Progress) -> Dataset:
    """Find, read and share out the photos; leave `manifest.csv` and `audit.json`.

    A run that goes on keeps the manifest it had.

    Raises:
        DatasetError: the photos cannot be used.
    """
    if run.manifest.exists() and run.audit.exists():
        return read_manifest(
            run.manifest, _root(source), ok=settings.data.ok, no_ok=settings.data.no_ok
        )
    dataset = find_photos(source, ok=settings.data.ok, no_ok=settings.data.no_ok)
    progress.say(_classes(dataset))
    with progress.stage("read", len(dataset)) as advance:
        dataset = add_digests(dataset, on_done=advance)
    for fault in dataset.unreadable:
        progress.say(f"not readable, left out: {fault.path}: {fault.reason}")
    dataset = assign_splits(
        dataset,
        validation=settings.data.validation_share,
        test=settings.data.test_share,
        seed=settings.training.seed,
    )
    find_faults(dataset).write(run.audit)
    write_manifest(dataset, run.manifest)
    progress.say(_splits(dataset))
    return dataset


def _root(source: Path) -> Path:
    return source if source.is_dir() else source.parent


def _classes(dataset: Dataset) -> str:
    named = [f"{name} (OK)" if name == dataset.ok_class else name for name in dataset.classes]
    return f"{len(dataset)} photos of {len(named)} classes: {', '.join(named)}"


def _splits(dataset: Dataset) -> str:
    counts = dataset.counts()
    return "; ".join(
        f"{split} {sum(labels.values())}" for split, labels in counts.items() if labels
    )
