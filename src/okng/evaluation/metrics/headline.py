"""Scores -> the figures of `metrics.json` that every test has, with their intervals.

The positive class is *defective* everywhere, whatever the order of folder names.
"""

import numpy as np
import numpy.typing as npt
from sklearn import metrics as sk

from okng.evaluation.decision.bounds import with_accuracy_bound, with_bounds
from okng.evaluation.metrics.binary_rates import coefficients, rankings, shares
from okng.evaluation.metrics.conclusions import what_it_proves
from okng.evaluation.metrics.multiclass import measure_types
from okng.evaluation.metrics.reliability import calibration_errors
from okng.evaluation.results import Amount, Message, Metrics, Rate, english, message
from okng.evaluation.results.counts import (
    ClassScores,
    Leakage,
    MainRates,
    Unfamiliar,
    VerdictCounts,
)
from okng.evaluation.scores import Scores
from okng.evaluation.statistics.intervals import Bools, nothing, proportion
from okng.evaluation.statistics.macro import macro_averages
from okng.verdict import OperatingPoint, reaches_threshold

RATES = ("accuracy", "precision", "recall", "f1", "specificity", "balanced_accuracy", "matthews",
         "roc_auc", "average_precision", "escape_rate", "overkill_rate", "review_rate")  # fmt: skip
_NO_OK = "there is no OK class"


def headline(scores: Scores, point: OperatingPoint, *, split: str, leakage: Leakage) -> Metrics:
    """The figures that every test has.

    Rates of OK and NG use score >= threshold, so a review band does not change them; its share
    stands beside them as `review_rate`. A photo that could not be judged counts as NG, as on the
    line, and is listed under `errors`.

    Args:
        scores: of the photos to measure on.
        point: the operating point of their verdicts.
        split: name of these photos.
        leakage: which of them show what training used; `without_leaked` is added here.
    """
    truth, called = scores.is_defective, reaches_threshold(scores.defect_scores, point.threshold)
    has_ok = scores.ok_class is not None
    known = scores if len(scores.classes) == 2 else scores.keep(scores.is_known)
    unknown = scores.table["label"][~scores.is_known].value_counts()
    proof = what_it_proves(truth, called, scores.groups) if has_ok else None
    warnings = _warnings(scores)
    has_types = len(scores.classes) > 2 or not has_ok
    return Metrics(
        **(_binary(scores, point) if has_ok else _of_types(scores)),
        calibration=calibration_errors(scores.defect_scores, truth) if has_ok else None,
        proves=None if proof is None else english(proof),
        proves_messages=proof,
        confusion_matrix=confusion(known).tolist(),
        verdicts=_verdicts(scores) if has_ok else None,
        misses=int((scores.decided_as != scores.table["label"])[scores.is_known].sum()),
        classes=tuple(scores.classes),
        ok_class=scores.ok_class,
        threshold=point.threshold,
        split=split,
        photos=len(scores),
        groups=len(np.unique(scores.groups)),
        good=_amount(scores, ~truth),
        defective=_amount(scores, truth),
        classification_report=_report(known),
        errors=tuple(scores.table.loc[scores.table["error"] != "", "path"].tolist()),
        leakage=_leakage(scores, point, leakage),
        unfamiliar=_unfamiliar(scores, point),
        warnings=english(warnings),
        warning_messages=tuple(warnings),
        unseen_classes={str(name): int(n) for name, n in unknown.items()} or None,
        types=measure_types(scores.keep(scores.is_known)) if has_types else None,
    )


def _amount(scores: Scores, kind: Bools) -> Amount:
    return Amount(photos=int(kind.sum()), parts=len(np.unique(scores.groups[kind])))


def _warnings(scores: Scores) -> list[Message]:
    """Caveats to print with the metrics."""
    warnings = []
    unknown = sorted(set(scores.table["label"][~scores.is_known]))
    if unknown:
        two = len(scores.classes) == 2
        warnings.append(
            message("unknown_labels" if two else "unknown_labels_of_types", labels=unknown)
        )
    if len(scores) and len(np.unique(scores.groups)) == 1:
        warnings.append(message("one_part"))
    if scores.ok_class and len(scores) and scores.is_defective.all():
        warnings.append(message("no_good_part"))
    if scores.ok_class and len(scores) and not scores.is_defective.any():
        warnings.append(message("no_defective_part"))
    if (unjudged := int((scores.table["error"] != "").sum())) > 0:
        warnings.append(message("not_judged", photos=unjudged))
    return warnings


def _binary(scores: Scores, point: OperatingPoint) -> dict[str, Rate]:
    truth, groups = scores.is_defective, scores.groups
    called = reaches_threshold(scores.defect_scores, point.threshold)
    review = np.asarray(scores.table["verdict"] == "REVIEW")
    rates = {
        **shares(truth, called, groups),
        **coefficients(truth, called, groups),
        **rankings(scores.defect_scores, truth, groups),
        "review_rate": proportion(review, groups),
    }
    return with_bounds(rates, truth, called, groups)


def _of_types(scores: Scores) -> dict[str, Rate]:
    rates = macro_rates(scores)
    right = scores.labels == scores.guesses
    return rates | {"accuracy": with_accuracy_bound(rates["accuracy"], right, scores.groups)}


def macro_rates(scores: Scores) -> dict[str, Rate]:
    """Without an OK class: accuracy, and macro averages over the types."""
    truth, guess, groups = scores.labels, scores.guesses, scores.groups
    figures = {name: nothing(_NO_OK) for name in RATES}
    figures["accuracy"] = proportion(truth == guess, groups)
    return figures | macro_averages(truth, guess, groups, len(scores.classes))


def confusion(scores: Scores) -> npt.NDArray[np.int64]:
    """Counts (K, K): rows in truth, columns as judged."""
    size = len(scores.classes)
    cells = np.bincount(scores.labels * size + scores.guesses, minlength=size * size)
    return cells.reshape(size, size)


def _verdicts(scores: Scores) -> dict[str, VerdictCounts]:
    """Verdicts of the threshold by class in truth; a review band does not count."""
    labels = scores.table["label"]
    names = dict.fromkeys([*scores.classes, *sorted(set(labels[~scores.is_known]))])
    called = {name: scores.called[np.asarray(labels == name)] for name in names}
    return {n: VerdictCounts(OK=int((~c).sum()), NG=int(c.sum())) for n, c in called.items()}


def _report(scores: Scores) -> dict[str, ClassScores]:
    numbers = range(len(scores.classes))
    table = sk.precision_recall_fscore_support(
        scores.labels, scores.guesses, labels=list(numbers), zero_division=0
    )
    rows = zip(*(values.tolist() for values in table), strict=True)
    return {
        name: ClassScores(precision=precision, recall=recall, f1=f1, support=support)
        for name, (precision, recall, f1, support) in zip(scores.classes, rows, strict=True)
    }


def _leakage(scores: Scores, point: OperatingPoint, leakage: Leakage) -> Leakage:
    if not leakage.photos or not scores.ok_class:
        return leakage
    clean = scores.keep(~np.asarray(scores.table["path"].isin(leakage.paths)))
    return leakage.model_copy(update={"without_leaked": _main_rates(clean, point)})


def _unfamiliar(scores: Scores, point: OperatingPoint) -> Unfamiliar | None:
    """Photos unlike the training photos, and the rates of the others."""
    if point.unfamiliar_limit is None or "unfamiliarity" not in scores.table:
        return None
    strange = scores.unfamiliar(point)
    others = strange.any() and not strange.all() and scores.ok_class
    return Unfamiliar(
        limit=point.unfamiliar_limit,
        photos=int(strange.sum()),
        rate=proportion(strange, scores.groups),
        without=_main_rates(scores.keep(~strange), point) if others else None,
    )


def _main_rates(scores: Scores, point: OperatingPoint) -> MainRates:
    called = reaches_threshold(scores.defect_scores, point.threshold)
    rates = shares(scores.is_defective, called, scores.groups)
    names = ("accuracy", "precision", "recall", "escape_rate", "overkill_rate")
    return MainRates(photos=len(scores), **{name: rates[name] for name in names})
