"""Out-of-fold or validation scores: the calibration is fitted and the threshold chosen on them.

These are the validation photos as the model file judges them or, where the classifier came from
folds (`okng.training.probe.cross_fit`), all photos outside of the test, each judged by the
classifier that never saw its part.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import torch

from okng.dataset import Dataset, Photo
from okng.evaluation import Scores
from okng.evaluation.metrics.calibration import apply_calibration
from okng.evaluation.results import Message, message
from okng.modelfile import Metadata
from okng.runs.layout import RunFolder
from okng.training import load_out_of_fold
from okng.verdict import Output, Verdict, decide


def untaught(dataset: Dataset) -> Dataset:
    """The validation photos of parts without a training photo; a given split may share parts."""
    # a photo of a part that was trained on is no evidence
    taught = {photo.group for photo in dataset.select("train").photos} - {""}
    validation = dataset.select("val")
    left = tuple(photo for photo in validation.photos if photo.group not in taught)
    return replace(validation, photos=left)


def left_out(dataset: Dataset) -> list[Message]:
    """How many validation photos calibration and threshold do without; empty where none."""
    whole = len(dataset.select("val"))
    count = whole - len(untaught(dataset))
    if not count:
        return []
    return [message("taught_left_out", photos=count, whole=whole)]


def scores_of_folds(dataset: Dataset, run: RunFolder, metadata: Metadata) -> Scores | None:
    """Scores of each photo by a classifier that was fitted without its part, if there are folds."""
    logits = load_out_of_fold(run.folder)
    if logits is None:
        return None
    # the order in which the folds were written
    photos = [*dataset.select("train").photos, *dataset.select("val").photos]
    return scores_of_logits(photos, logits, metadata)


def scores_of_logits(
    photos: Sequence[Photo],
    logits: torch.Tensor,
    metadata: Metadata,
    unfamiliarity: npt.NDArray[np.float32] | None = None,
) -> Scores:
    """Scores of photos by the logits of a classifier.

    Args:
        photos: N of them.
        logits: float32 (N, outputs).
        metadata: with the classes, the calibration and the operating point.
        unfamiliarity: float32 (N,), in [0, 1]; None where it was not computed.
    """
    # one logit: that of OK is 0
    both = torch.cat([torch.zeros_like(logits), logits], 1) if logits.shape[1] == 1 else logits
    probabilities = apply_calibration(metadata.calibration, torch.softmax(both.double(), 1).numpy())
    strange = np.full(len(photos), np.nan) if unfamiliarity is None else unfamiliarity
    verdicts = [_verdict(*row, metadata) for row in zip(probabilities, strange, strict=True)]
    return Scores.from_verdicts(photos, verdicts, metadata.classes, metadata.ok_class)


def _verdict(probabilities: np.ndarray, strange: float, metadata: Metadata) -> Verdict:
    point, classes = metadata.operating_point, metadata.classes
    has_ok = metadata.ok_class is not None
    score = 1.0 - float(probabilities[0]) if has_ok else 1.0
    decision = decide(Output(probabilities, score, strange), point, has_ok=has_ok)
    known = dict(zip(classes, map(float, probabilities), strict=True))
    name = classes[decision.class_index]
    return Verdict(
        decision.verdict, score, name, known, point.threshold,
        unfamiliarity=float(strange), reason=decision.reason,
    )  # fmt: skip
