"""A retraining whose network learns as a whole: a manifest to train on, and parts set aside.

There is no cheap way to judge a part by a network that has not learned it. So a third of the
reviewed parts that the champion has not learned are set aside, for the gate alone.
"""

import csv
import hashlib
import io
from pathlib import Path
from typing import NamedTuple

import numpy as np

from okng import modelfile
from okng.dataset import Dataset, Photo
from okng.evaluation.gate import Paired
from okng.evaluation.results.retraining import ReviewAudit
from okng.evaluation.statistics.intervals import group_numbers
from okng.events import Progress
from okng.files import write_atomic
from okng.inference import InspectionEngine
from okng.runs.layout import RunFolder
from okng.steps.retraining.champion import Champion
from okng.steps.retraining.reviewed import Additions, join_reviewed, read_reviewed

_ASIDE = 1 / 3
_COLUMNS = ("path", "label", "group", "split")
_NAME = "all-photos.csv"


class AnewTask(NamedTuple):
    """What to train on, and what the gate compares on.

    Attributes:
        manifest: all photos but those set aside, for `okng train`.
        photos: of training and validation.
        aside: reviewed photos that neither network learns from.
        audit: of the reviewed photos.
    """

    manifest: Path
    photos: int
    aside: Dataset
    audit: ReviewAudit


def anew_task(champion: Champion, source: Path, folder: RunFolder, progress: Progress) -> AnewTask:
    """Audit reviewed photos, and write the manifest of all photos into the run folder.

    Args:
        champion: the run that is trained anew.
        source: the reviewed photos.
        folder: of the challenger.
        progress: receives the stages.

    Raises:
        DatasetError: no reviewed photo is left to learn from.
    """
    reviewed = read_reviewed(champion, source, progress)
    additions = join_reviewed(champion, reviewed, lambda _: champion.dataset.photos, progress)
    aside = _set_aside(additions)
    manifest = folder.reviewed / _NAME
    apart = {photo.path for photo in aside.photos}
    learned = [photo for photo in additions.dataset.photos if photo.path not in apart]
    _write(learned, additions.dataset.root, manifest)
    photos = sum(photo.split != "test" for photo in learned)
    return AnewTask(manifest, photos, aside, additions.audit)


def recent_verdicts(champion: Champion, challenger: RunFolder, task: AnewTask) -> Paired | None:
    """Verdicts of both on the parts that were set aside; None where there are none."""
    photos = task.aside.photos
    if not photos:
        return None
    verdicts = []
    for file in (champion.file, modelfile.read(challenger.model_file)):
        with InspectionEngine(file) as engine:
            words = [each.verdict.verdict.value for each in engine.stream(task.aside.paths())]
        verdicts.append(np.array(words))
    defective = np.array([photo.label != task.aside.ok_class for photo in photos])
    return Paired(defective, group_numbers([photo.group for photo in photos]), *verdicts)


def _set_aside(additions: Additions) -> Dataset:
    """A third of the fresh parts, the same ones whenever they are asked for."""
    dataset = additions.dataset
    fresh = [photo for photo in dataset.photos if photo.path in additions.fresh]
    photos = tuple(photo for photo in fresh if _is_aside(photo.group or photo.sha256))
    return Dataset(dataset.root, photos, dataset.classes, dataset.ok_class, depth=dataset.depth)


def _is_aside(part: str) -> bool:
    digest = hashlib.sha256(f"aside {part}".encode("utf-8", "surrogateescape")).digest()
    return int.from_bytes(digest[:4]) < _ASIDE * 2**32


def _write(photos: list[Photo], root: Path, path: Path) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for photo in photos:
        place = (root / photo.path).resolve().as_posix()
        writer.writerow((place, photo.label, photo.group, photo.split))
    write_atomic(path, text.getvalue().encode("utf-8", "surrogateescape"))
