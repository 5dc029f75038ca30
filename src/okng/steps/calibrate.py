"""Fits the calibration and chooses the operating point, on scores of photos held out of training.

Pure functions of the score table: no photo is scored again.
"""

from typing import NamedTuple

import numpy as np

from okng.config import OperatingSettings
from okng.dataset import Dataset
from okng.evaluation import Scores, choose_operating_point, fit_calibration, validation_of
from okng.evaluation.results import Message
from okng.evaluation.threshold import note_message
from okng.events import Progress
from okng.modelfile import Metadata
from okng.steps.out_of_fold import left_out, untaught
from okng.steps.score_table import at_point, calibrated
from okng.wording import sentence


class Calibrated(NamedTuple):
    """What the held-out scores decide.

    Attributes:
        metadata: of the model file, with calibration and operating point.
        held_out: the scores they were chosen on, at that operating point.
        unmet: which limits of the settings cannot be kept.
    """

    metadata: Metadata
    held_out: Scores
    unmet: tuple[Message, ...]


def calibrate(
    dataset: Dataset,
    raw: Scores,
    folded: Scores | None,
    metadata: Metadata,
    settings: OperatingSettings,
    progress: Progress,
) -> Calibrated:
    """Fit the calibration and choose the operating point.

    Args:
        dataset: all photos with their splits.
        raw: uncalibrated scores of all of them, by the exported file.
        folded: uncalibrated out-of-fold scores, where the classifier was cross-fitted; they are
            then used in place of the validation photos.
        metadata: of the exported file.
        settings: by which the operating point is chosen.
        progress: receives what the choice rests on.
    """
    # Nothing that was learned from: scores of photos that the classifier has seen are too sure of
    # themselves.
    held_out = raw.keep(_is_untaught(dataset)) if folded is None else folded
    calibration = fit_calibration(held_out.probabilities, held_out.labels)
    unmet = tuple(left_out(dataset)) if folded is None else ()
    point = metadata.operating_point
    if dataset.ok_class is not None:
        choice = choose_operating_point(validation_of(calibrated(held_out, calibration)), settings)
        unmet += choice.unmet
        for each in (*unmet, *map(note_message, choice.notes)):
            progress.warn("threshold.chosen", each.sentence)
        point = choice.point
        progress.choose("threshold", sentence("threshold_chosen", threshold=point.threshold))
    # the limit is a setting, not chosen
    point = point.model_copy(update={"unfamiliar_limit": settings.unfamiliar_limit})
    update = {"calibration": calibration, "operating_point": point}
    metadata = metadata.model_copy(update=update)
    return Calibrated(metadata, at_point(held_out, metadata), unmet)


def _is_untaught(dataset: Dataset) -> np.ndarray:
    """Which photos (N,) are for validation and show no part that was trained on."""
    own = {photo.path for photo in untaught(dataset).photos}
    return np.array([photo.path in own for photo in dataset.photos], dtype=bool)  # (N,)
