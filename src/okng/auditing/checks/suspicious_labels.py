"""Suspicious labels: photos that a look-up trained on other parts takes for another class.

Confident learning (Northcutt, Jiang, Chuang, JAIR 2021) on predictions out of folds that no part
crosses, so that no copy of a photo vouches for its label.
"""

from collections import Counter

import numpy as np
import numpy.typing as npt
from cleanlab.filter import find_label_issues
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from okng.auditing.evidence import Evidence
from okng.auditing.findings import (
    Finding,
    Severity,
    Suspicion,
    count_of,
)

FEWEST_PARTS = 10
_FOLDS = 5
_STRENGTH = 0.01  # inverse regularisation of the look-up


def suspicious_labels(evidence: Evidence) -> list[Suspicion] | None:
    """The least credible first; None where there are no embeddings or too few parts."""
    if evidence.embeddings is None or len(evidence.embeddings) != len(evidence.dataset):
        return None
    if min(evidence.parts(name) for name in evidence.dataset.classes) < FEWEST_PARTS:
        return None
    labels = evidence.dataset.labels()
    predicted = _out_of_folds(evidence, evidence.embeddings, labels)
    doubtful = find_label_issues(
        labels, predicted, filter_by="both", return_indices_ranked_by="self_confidence", n_jobs=1
    )
    return [_suspicion(evidence, int(i), labels, predicted) for i in doubtful]


def check(evidence: Evidence) -> list[Finding]:
    """Labels that a person should look at again."""
    return in_words(suspicious_labels(evidence) or [])


def in_words(found: list[Suspicion]) -> list[Finding]:
    """What `suspicious_labels` found, as findings."""
    if not found:
        return []
    return [
        Finding(
            check="suspicious_labels",
            severity=Severity.NOTICE,
            what=f"{count_of(len(found), 'photo')} {'looks' if len(found) == 1 else 'look'} like "
            "another class than the label.",
            advice="Look at them, the first ones above all. A wrong label in the test costs as "
            "much as a wrong verdict. Some will be right: hard parts look like this, too.",
            photos=[suspicion.path for suspicion in found],
        )
    ]


def _out_of_folds(
    evidence: Evidence, values: npt.NDArray[np.float32], labels: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """Probabilities (N, K) of each photo, from photos of other parts."""
    parts = [photo.group or photo.path for photo in evidence.dataset.photos]
    sizes = Counter(parts)
    weights = np.array([1 / sizes[part] for part in parts])  # 300 copies of a part are one part
    predicted = np.zeros((len(labels), len(evidence.dataset.classes)))
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
