"""The objective of a trial: one number from the held-out photos of its folds.

Every part counts once, however many photos it has. The threshold of a fold is chosen on photos
that its network was neither trained nor evaluated on, as in a run.
"""

from enum import StrEnum
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from sklearn.metrics import f1_score, roc_auc_score
from torch import Tensor

from okng.config import OperatingSettings
from okng.errors import ConfigError
from okng.evaluation import Validation, choose_operating_point
from okng.evaluation.statistics.conformal import part_weights
from okng.verdict import reaches_threshold
from okng.wording import mark

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


class Objective(StrEnum):
    """What a study optimises."""

    COST = "cost"
    F1 = "f1"
    ACCURACY = "accuracy"
    AUC = "auc"

    @property
    def direction(self) -> Literal["minimize", "maximize"]:
        """Whether a lower or a higher value is better."""
        return "minimize" if self is Objective.COST else "maximize"

    @property
    def words(self) -> str:
        """The number in words."""
        return {
            Objective.COST: mark("cost of escapes and overkill at the operating point"),
            Objective.F1: mark("F1 at the operating point"),
            Objective.ACCURACY: mark("accuracy at the operating point"),
            Objective.AUC: mark("ROC AUC, mean of the folds"),
        }[self]

    @staticmethod
    def choose(name: str | None, *, ok_class: str | None) -> "Objective":
        """The objective of a study; cost, or accuracy where there are only types of defects.

        Raises:
            ConfigError: there is no such objective, or it needs good parts.
        """
        if name is None:
            return Objective.ACCURACY if ok_class is None else Objective.COST
        usable = [o for o in Objective if ok_class or o in {Objective.F1, Objective.ACCURACY}]
        if name in usable:
            return Objective(name)
        raise ConfigError(
            f"The objective {name!r} is not possible"
            + (" without a class of good parts" if name in list(Objective) else ""),
            where="`objective`",
            allowed=", ".join(usable),
            hint="Leave `objective` out for the default.",
        )


class ScoredPhotos(NamedTuple):
    """Probabilities of photos that their network was not trained on.

    Attributes:
        probabilities: float64 (N, K).
        labels: class indices (N,).
        groups: int (N,), equal for photos of one part.
    """

    probabilities: Floats
    labels: Integers
    groups: Integers

    @property
    def scores(self) -> Floats:
        """Defect scores (N,): 1 - P(OK class), which is the first."""
        return np.asarray(1 - self.probabilities[:, 0])

    @property
    def is_defective(self) -> npt.NDArray[np.bool_]:
        """Whether the parts are defective (N,), where the first class is the good one."""
        return np.asarray(self.labels > 0)


class FoldScores(NamedTuple):
    """Scores of one fold: of the photos that choose the threshold, and of those it is tested on."""

    held_out: ScoredPhotos
    tested: ScoredPhotos


def probabilities(logits: Tensor) -> Floats:
    """Logits (N, 1) or (N, K) as probabilities (N, K) of all classes."""
    if logits.shape[1] == 1:
        bad = logits[:, 0].double().sigmoid()
        return np.asarray(torch.stack([1 - bad, bad], 1).numpy())
    return np.asarray(logits.double().softmax(1).numpy())


class FoldResult(NamedTuple):
    """Decisions of one fold.

    Attributes:
        called: decision on each photo: 0 and 1 for OK and NG, or the index of its class.
        truth: its label, likewise.
        weights: float64 (N,), 1 for a part with one photo.
        auc: area under the ROC curve; 0 where there is no class of good parts.
    """

    called: Integers
    truth: Integers
    weights: Floats
    auc: float


def evaluate_fold(
    scores: FoldScores, settings: OperatingSettings, *, ok_class: str | None
) -> FoldResult:
    """Choose the threshold on the held-out photos of a fold, and decide the tested ones by it."""
    held_out, tested = scores
    truth = tested.labels if ok_class is None else tested.is_defective.astype(np.int64)
    if ok_class is None:
        weights = np.ones(len(truth)) / np.bincount(tested.groups)[tested.groups]
        return FoldResult(tested.probabilities.argmax(1), truth, weights, 0.0)
    known = Validation(held_out.scores, held_out.is_defective, held_out.groups)
    threshold = choose_operating_point(known, settings).point.threshold
    weights = part_weights(tested.groups, tested.is_defective)
    auc = float(roc_auc_score(truth, tested.scores, sample_weight=weights))
    called = reaches_threshold(tested.scores, threshold).astype(np.int64)
    return FoldResult(called, truth, weights, auc)


def value(objective: Objective, folds: list[FoldResult], settings: OperatingSettings) -> float:
    """The number that a study optimises, over all finished folds.

    Args:
        objective: which number.
        folds: at least one.
        settings: hold the costs.

    Returns:
        The cost, from 0 to the sum of both costs; else a fraction in [0, 1].
    """
    if objective is Objective.AUC:
        return float(np.mean([fold.auc for fold in folds]))
    called, truth, weights = (
        np.concatenate([getattr(fold, name) for fold in folds])
        for name in ("called", "truth", "weights")
    )
    if objective is Objective.ACCURACY:
        return float(np.average(called == truth, weights=weights))
    if objective is Objective.F1:
        average = "binary" if truth.max() < 2 else "macro"
        f1 = f1_score(truth, called, average=average, sample_weight=weights, zero_division=0.0)
        return float(f1)
    escape, overkill = (
        float(np.average(called[truth == kind] != kind, weights=weights[truth == kind]))
        for kind in (1, 0)
    )
    return settings.cost_escape * escape + settings.cost_overkill * overkill
