"""Everything that scores alone can tell of a test, joined: the content of `metrics.json`."""

from collections.abc import Sequence
from typing import Any

from okng.config import OperatingSettings
from okng.evaluation.metrics.attribute_agreement import acceptance
from okng.evaluation.metrics.breakdown import measure_by
from okng.evaluation.metrics.document import measure
from okng.evaluation.metrics.reliability import class_reliability, reliability
from okng.evaluation.metrics.repeatability import find_runs, repeatability
from okng.evaluation.scores import Scores
from okng.evaluation.threshold import Note, few_parts, in_words
from okng.evaluation.threshold.curves import curves, threshold_stability
from okng.evaluation.threshold.operating_point import Validation
from okng.modelfile import Calibration
from okng.verdict import OperatingPoint, reaches_threshold


def assess(
    scores: Scores,
    point: OperatingPoint,
    *,
    split: str,
    leakage: dict[str, Any],
    validation: Scores | None = None,
    settings: OperatingSettings | None = None,
    calibration: Calibration | None = None,
    by: Sequence[str] = (),
    runs: str | None = None,
) -> dict[str, Any]:
    """All figures of the reported photos.

    Args:
        scores: of the photos to report on.
        point: the operating point that judged them.
        split: what to call them.
        leakage: `photos`, `checked`, `paths`; see `measure`.
        validation: of the photos that the threshold was chosen on, if they are known.
        settings: what it was chosen by.
        calibration: the one of the model file, to tell what it changed.
        by: columns to break the rates down by.
        runs: column that tells runs over the same parts apart; `run` or `trial` if left out.

    Returns:
        Plain values, as docs/reference/metrics.md describes them.

    Raises:
        ConfigError: a column is not there.
    """
    found = measure(scores, point, split=split, leakage=leakage)
    found["operating_point"] = point.model_dump(mode="json")
    if scores.ok_class is None or len(scores.classes) > 2:
        found["class_reliability"] = class_reliability(scores, calibration)
    if scores.ok_class is None or not len(scores):
        return found
    policy = settings or OperatingSettings()
    chosen_on = None if validation is None or not len(validation) else validation_of(validation)
    called = reaches_threshold(scores.defect_scores, point.threshold)
    found["acceptance"] = acceptance(scores.is_defective, called, scores.groups)
    found["reliability"] = reliability(scores, calibration)
    found["curves"] = curves(scores, chosen_on, point.threshold, policy)
    if chosen_on is not None and not chosen_on.missing:
        stability = threshold_stability(chosen_on, policy, scores, point.threshold)
        found |= {"threshold_stability": stability} if stability else {}
        notes = [*few_parts(chosen_on.expected, point), *_edge(stability)]
        found["threshold_notes"] = [note._asdict() for note in notes]
        found["warnings"] += map(in_words, notes)
    columns = dict.fromkeys([*_types(scores), *by])
    found |= {"by": {c: measure_by(scores, point, c) for c in columns}} if columns else {}
    column = find_runs(scores, runs)
    if column is not None:
        repeated = repeatability(scores, point, column)
        if repeated is not None:
            found["repeatability"] = repeated
        else:
            found["warnings"].append(
                f"Column {column} names runs, but no part has photos in two of them: give each "
                "part a group to learn how repeatable the verdicts are."
            )
    return found


def _edge(stability: dict[str, Any] | None) -> list[Note]:
    return [Note(**note) for note in (stability or {}).get("notes", [])]


def validation_of(scores: Scores) -> Validation:
    """Scores of validation photos, ready to choose a threshold on."""
    return Validation(scores.defect_scores, scores.is_defective, scores.groups)


def _types(scores: Scores) -> list[str]:
    return ["label"] if scores.table["label"].nunique() > 2 else []
