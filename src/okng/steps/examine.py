"""Reads photos and audits them, and assigns splits as the settings ask."""

from pathlib import Path

from okng.auditing import Examination, examine
from okng.auditing.cache import cache_folder
from okng.config import DataSettings, ResolvedSettings, SplitMode
from okng.dataset import (
    Dataset,
    add_digests,
    assign_splits,
    find_photos,
    group_by,
    new_split,
    read_columns,
    repair_split,
)
from okng.events import Progress
from okng.steps.embedder import embedder
from okng.steps.notices import report_left_out
from okng.wording import Sentence, sentence


def examine_photos(
    source: Path, settings: ResolvedSettings, progress: Progress, *, cache: bool = True
) -> Examination:
    """Find, read and audit photos; their splits are those they came with."""
    data, seed = settings.data, settings.training.seed
    dataset = _read(source, data, progress)
    folder = cache_folder()
    return examine(
        dataset,
        progress,
        cache=folder if cache else None,
        # near-duplicates are found by embeddings
        embedder=None if data.no_near else embedder(folder, progress),
        near=not data.no_near,
        seed=seed,
        image_size=data.image_size,
    )


def split_as_set(dataset: Dataset, settings: ResolvedSettings, progress: Progress) -> Dataset:
    """Assign a split to every photo, by the settings; photos dropped by a repair are reported.

    Raises:
        DatasetError: a class is missing in a split, or a split cannot be repaired.
    """
    data = settings.data
    if data.split is SplitMode.NEW:
        dataset = new_split(dataset)
    elif data.split is SplitMode.REPAIR:  # drops from training what leaks
        whole, dataset = len(dataset), repair_split(dataset)
        progress.say(sentence("split_repaired", photos=whole - len(dataset)))
    return assign_splits(
        dataset, validation=data.validation_share, test=data.test_share, seed=settings.training.seed
    )


def _read(source: Path, data: DataSettings, progress: Progress) -> Dataset:
    dataset = find_photos(source, ok=data.ok, no_ok=data.no_ok)
    if data.group_by:
        columns = read_columns(source) if source.is_file() else None
        dataset = group_by(dataset, data.group_by, columns)
    progress.say(_classes(dataset))
    report_left_out(dataset, progress)
    with progress.stage("read", len(dataset)) as advance:
        dataset = add_digests(dataset, on_done=advance)
    for fault in dataset.unreadable:
        progress.say(
            sentence("not_readable", path=fault.path, fault=(fault.fault.value, fault.reason))
        )
    return dataset


def _classes(dataset: Dataset) -> Sentence:
    named = [f"{name} (OK)" if name == dataset.ok_class else name for name in dataset.classes]
    return sentence("dataset_classes", photos=len(dataset), number=len(named), classes=named)
