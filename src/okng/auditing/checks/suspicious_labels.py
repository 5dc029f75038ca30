"""Suspicious labels: photos that a classifier trained on other parts assigns to another class.

Confident learning (Northcutt, Jiang, Chuang, JAIR 2021) on out-of-fold predictions. No part is in
two folds, so that a copy of a photo cannot confirm its label.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from okng.auditing.check import Check, CheckResult, not_checked
from okng.auditing.evidence import Evidence, Need
from okng.auditing.findings import Finding, Severity, Suspicion
from okng.wording import sentence

FEWEST_PARTS = 10
"""Parts of each class, at least: with fewer, the folds of a class have one or two parts."""
_FOLDS = 5
_STRENGTH = 0.01  # inverse regularisation (C): there are more dimensions than parts


class SuspiciousLabels(Check):
    """Labels that contradict the out-of-fold predictions from embeddings."""

    id = "suspicious_labels"
    needs = (Need.EMBEDDINGS,)

    def run(self, evidence: Evidence) -> CheckResult[list[Suspicion]]:
        """Rows: the photos in question, the least credible label first."""
        embeddings = evidence.embeddings
        if embeddings is None or len(embeddings) != len(evidence.dataset):
            return not_checked("no embeddings of these photos")
        if min(evidence.parts(name) for name in evidence.dataset.classes) < FEWEST_PARTS:
            return not_checked("too few parts of a class")
        return suspicions_as_result(_suspicions(evidence, embeddings))


def suspicions_as_result(rows: Sequence[Suspicion]) -> CheckResult[list[Suspicion]]:
    """The result with these rows."""
    return CheckResult([_finding(rows)] if rows else [], list(rows))


def _suspicions(evidence: Evidence, embeddings: npt.NDArray[np.float32]) -> list[Suspicion]:
    from cleanlab.filter import find_label_issues  # noqa: PLC0415 - an extra

    labels = evidence.dataset.labels()
    predicted = _out_of_folds(evidence, embeddings, labels)
    doubtful = find_label_issues(
        labels, predicted, filter_by="both", return_indices_ranked_by="self_confidence", n_jobs=1
    )
    return [_suspicion(evidence, int(i), labels, predicted) for i in doubtful]


def _finding(rows: Sequence[Suspicion]) -> Finding:
    result = sentence("suspicious_labels", photos=len(rows))
    photos = [row.path for row in rows]
    return Finding.of("suspicious_labels", Severity.NOTICE, result, photos=photos)


def _out_of_folds(
    evidence: Evidence, values: npt.NDArray[np.float32], labels: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """Probabilities (N, K) of each photo, from a classifier trained on photos of other parts.

    Args:
        evidence: the photos and their groups.
        values: embeddings (N, D).
        labels: class indices (N,).
    """
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - an extra
    from sklearn.model_selection import StratifiedGroupKFold  # noqa: PLC0415
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415
    from sklearn.preprocessing import StandardScaler  # noqa: PLC0415

    parts = [photo.group or photo.path for photo in evidence.dataset.photos]
    sizes = Counter(parts)
    weights = np.array([1 / sizes[part] for part in parts])  # each part weighs the same
    predicted = np.zeros((len(labels), len(evidence.dataset.classes)))
    # (N, K): a class that is missing in a training fold keeps probability 0.
    folds = StratifiedGroupKFold(_FOLDS, shuffle=True, random_state=0)
    for train, held_out in folds.split(values, labels, parts):
        model = make_pipeline(
            StandardScaler(),
            LogisticRegression(C=_STRENGTH, max_iter=1000, class_weight="balanced"),
        )
        model.fit(
            values[train],
            labels[train],
            standardscaler__sample_weight=weights[train],
            logisticregression__sample_weight=weights[train] * len(train) / weights[train].sum(),
        )
        classes = model.classes_
        predicted[np.ix_(held_out, classes)] = model.predict_proba(values[held_out])
    return predicted


def _suspicion(
    evidence: Evidence,
    number: int,
    labels: npt.NDArray[np.int64],
    predicted: npt.NDArray[np.float64],
) -> Suspicion:
    classes = evidence.dataset.classes
    return Suspicion(
        path=evidence.dataset.photos[number].path,
        label=classes[labels[number]],
        likelier=classes[int(predicted[number].argmax())],
        probability=round(float(predicted[number, labels[number]]), 4),
    )
