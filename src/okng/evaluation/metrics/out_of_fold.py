"""Figures of all photos outside of the test, each judged by a classifier that never saw its part.

With few parts the test split holds a handful; the folds judge all the others. The threshold is
chosen out of fold, too: parts are dealt into folds anew, and each is judged at the threshold that
the same policy chooses on the other folds.
"""

from typing import NamedTuple

import numpy as np

from okng.config import OperatingSettings
from okng.evaluation.decision.bounds import with_bounds
from okng.evaluation.metrics.binary_rates import coefficients, rankings, shares
from okng.evaluation.metrics.conclusions import what_it_proves
from okng.evaluation.metrics.headline import confusion, macro_rates
from okng.evaluation.results import Amount, english, message
from okng.evaluation.results.thresholds import FoldThreshold, OutOfFold
from okng.evaluation.scores import Scores
from okng.evaluation.statistics.intervals import Floats, Groups
from okng.evaluation.threshold.operating_point import Validation, find_threshold
from okng.verdict import reaches_threshold

FOLDS = 5  # each threshold is chosen on four fifths of the parts
FEW_PARTS = 30
"""Parts of a class in the test below which the out-of-fold figures stand first: without an error,
30 parts prove an escape rate of 9.5 % at best."""


class Thresholds(NamedTuple):
    """At which threshold each photo was judged.

    Attributes:
        values: float (N,), one per photo.
        method: `cross-fitted`, `given`, or `chosen on the same photos`.
    """

    values: Floats
    method: str


def out_of_fold(
    scores: Scores, settings: OperatingSettings, threshold: float, test: Scores
) -> OutOfFold:
    """Rates of the photos outside of the test, with intervals over parts.

    Args:
        scores: of all photos outside of the test, out of fold.
        settings: what the threshold was chosen by.
        threshold: the one of the model file, taken where none can be chosen out of fold.
        test: of the test photos, to compare the numbers of parts.
    """
    parts, first = len(np.unique(scores.groups)), few_parts(test)
    if scores.ok_class is None:
        rates = {name: r for name, r in macro_rates(scores).items() if r.value is not None}
        cells = confusion(scores).tolist()
        return OutOfFold(photos=len(scores), groups=parts, stands_first=first,
                         confusion_matrix=cells, **rates)  # fmt: skip
    at = cross_fitted(scores, settings, threshold)
    truth, groups = scores.is_defective, scores.groups
    called = reaches_threshold(scores.defect_scores, at.values)
    rates = {
        **shares(truth, called, groups),
        **coefficients(truth, called, groups),
        **rankings(scores.defect_scores, truth, groups),
    }
    good, defective = (
        Amount(photos=int(kind.sum()), parts=len(np.unique(groups[kind])))
        for kind in (~truth, truth)
    )
    proof = what_it_proves(truth, called, groups)
    conclusion = message(
        _CODES[at.method],
        parts=parts,
        escape=rates["escape_rate"].value,
        overkill=rates["overkill_rate"].value,
    )
    return OutOfFold(
        photos=len(scores),
        groups=parts,
        stands_first=first,
        **with_bounds(rates, truth, called, groups),
        good=good,
        defective=defective,
        confusion_matrix=(
            (int((~truth & ~called).sum()), int((~truth & called).sum())),
            (int((truth & ~called).sum()), int((truth & called).sum())),
        ),
        threshold=FoldThreshold(
            method=at.method, low=float(at.values.min()), high=float(at.values.max())
        ),
        proves=english(proof),
        proves_messages=proof,
        sentences=english([conclusion]),
        messages=(conclusion,),
    )


def few_parts(scores: Scores) -> bool:
    """Whether a test has fewer than `FEW_PARTS` parts of good or of defective ones."""
    if scores.ok_class is None:
        return len(np.unique(scores.groups)) < FEW_PARTS * len(scores.classes)
    kinds = (scores.is_defective, ~scores.is_defective)
    return min(len(np.unique(scores.groups[kind])) for kind in kinds) < FEW_PARTS


def cross_fitted(scores: Scores, settings: OperatingSettings, threshold: float) -> Thresholds:
    """For each photo the threshold that the policy chooses on the parts of the other folds.

    Args:
        scores: with an OK class.
        settings: what to choose by.
        threshold: taken for all where a class has fewer than two parts.
    """
    everywhere = np.full(len(scores), threshold)
    if settings.threshold is not None:
        return Thresholds(everywhere, "given")
    folds = _folds(scores)
    values, groups = everywhere.copy(), scores.groups
    for fold in np.unique(folds):
        others = folds != fold
        chosen_on = Validation(
            scores.defect_scores[others],
            scores.is_defective[others],
            # numbered anew from 0
            np.unique(groups[others], return_inverse=True)[1].astype(np.int64),
        )
        if not others.any() or chosen_on.missing:
            return Thresholds(everywhere, "chosen on the same photos")
        values[~others] = find_threshold(chosen_on, settings).threshold
    return Thresholds(values, "cross-fitted")


def _folds(scores: Scores) -> Groups:
    """A fold for each photo (N,): parts are dealt out at random, each class apart."""
    groups, first = np.unique(scores.groups, return_index=True)
    defective = scores.is_defective[first]
    fewest = min(int(defective.sum()), int((~defective).sum()))
    count = max(1, min(FOLDS, fewest))
    rng = np.random.default_rng(0)
    of_part = np.zeros(len(groups), dtype=np.int64)
    for kind in (defective, ~defective):
        parts = rng.permutation(np.flatnonzero(kind))
        # dealt out like cards: every fold has parts of both kinds
        of_part[parts] = np.arange(len(parts)) % count
    return of_part[np.searchsorted(groups, scores.groups)]


_CODES = {
    "cross-fitted": "folds_cross_fitted",
    "given": "folds_given",
    "chosen on the same photos": "folds_same_photos",
}
