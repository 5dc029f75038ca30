"""The first stage: photos on disk -> manifest with groups and splits, and the audit of them."""

from pathlib import Path

from okng.audit import Findings, with_splits
from okng.config import Settings
from okng.dataset import Dataset, check_enough, read_manifest, write_manifest
from okng.pipeline.auditing import look_at, share_out
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
    dataset, findings = audited(source, settings, progress)
    findings.write(run.audit)
    write_manifest(dataset, run.manifest)
    return dataset


def audited(source: Path, settings: Settings, progress: Progress) -> tuple[Dataset, Findings]:
    """Find, read, audit and share out photos, and say what was found.

    Raises:
        DatasetError: the photos cannot be used.
    """
    examined = look_at(source, settings, progress)
    check_enough(examined.dataset)
    dataset = share_out(examined.dataset, settings, progress)
    findings = with_splits(examined, dataset).findings
    for finding in findings.to_say:
        progress.say(f"AUDIT: {finding.what} {finding.advice}")
    progress.say(_splits(dataset))
    return dataset, findings


def _root(source: Path) -> Path:
    return source if source.is_dir() else source.parent


def _splits(dataset: Dataset) -> str:
    counts = dataset.counts()
    return "; ".join(
        f"{split} {sum(labels.values())}" for split, labels in counts.items() if labels
    )
