"""Scores -> `Metrics`: the figures that every test has, and one evaluator per further section.

An evaluator names its key in `metrics.json` and what it needs; where that is not there, the key is
absent. `okng train` and `okng evaluate` use the same list.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from okng.config import OperatingSettings
from okng.evaluation.metrics.attribute_agreement import acceptance
from okng.evaluation.metrics.baseline import BaselinePhotos, baselines
from okng.evaluation.metrics.breakdown import measure_by
from okng.evaluation.metrics.headline import headline
from okng.evaluation.metrics.out_of_fold import out_of_fold
from okng.evaluation.metrics.reliability import class_reliability, reliability
from okng.evaluation.metrics.repeatability import find_runs, repeatability
from okng.evaluation.results import Message, Metrics, message
from okng.evaluation.results.agreement import Breakdown
from okng.evaluation.results.counts import Leakage
from okng.evaluation.results.thresholds import Curves, OutOfFold, ThresholdNote, ThresholdStability
from okng.evaluation.scores import Scores
from okng.evaluation.statistics.intervals import Bools
from okng.evaluation.threshold import few_parts, note_message
from okng.evaluation.threshold.curves import curves, threshold_stability
from okng.evaluation.threshold.operating_point import Validation, alternatives
from okng.modelfile import Calibration
from okng.verdict import OperatingPoint, reaches_threshold


class Need(StrEnum):
    """What an evaluator needs, in words for the reference page."""

    OK_CLASS = "an OK class and at least one photo"
    TYPES = "more than two classes, or no OK class"
    VALIDATION = "validation photos with good and defective parts"
    COLUMNS = "a column to break down by"
    RUNS = "a column that names runs"
    FOLDS = "scores out of fold"
    BASELINE_PHOTOS = "training photos for trivial judges"
    TRAINING = "`okng train`"


@dataclass(frozen=True)
class EvaluationContext:
    """What an evaluation rests on. Nothing in it is computed by an evaluator.

    Attributes:
        scores: of the reported photos, with the verdicts of `point`.
        point: operating point.
        split: name of the reported photos.
        leakage: which of them show what training used.
        validation: scores of the photos that the threshold was chosen on; None if not known.
        policy: settings that it was chosen by; the defaults when None.
        calibration: the one of the model file, to measure what it changed; None leaves that out.
        by: columns to break the rates down by.
        runs: column that names runs over the same parts; `run` or `trial` when None.
        folds: scores out of fold of all photos outside of the test; None without folds.
        baseline_photos: photos for trivial judges; None leaves them out.
        from_training: whether this is the end of `okng train`.
        warnings: for `warnings`, after those of the evaluators; text stays as it is.
    """

    scores: Scores
    point: OperatingPoint
    split: str
    leakage: Leakage
    validation: Scores | None = None
    policy: OperatingSettings | None = None
    calibration: Calibration | None = None
    by: tuple[str, ...] = ()
    runs: str | None = None
    folds: Scores | None = None
    baseline_photos: BaselinePhotos | None = None
    from_training: bool = False
    warnings: tuple[Message | str, ...] = ()

    @property
    def settings(self) -> OperatingSettings:
        """The policy, or the defaults."""
        return self.policy or OperatingSettings()

    @cached_property
    def called(self) -> Bools:
        """Bool (N,): whether the score calls the photo defective."""
        return reaches_threshold(self.scores.defect_scores, self.point.threshold)

    @cached_property
    def chosen_on(self) -> Validation | None:
        """The photos that the threshold was chosen on, sorted once; None if not known."""
        known = self.validation is not None and len(self.validation) > 0
        return validation_of(self.validation) if self.validation is not None and known else None

    @cached_property
    def stability(self) -> ThresholdStability | None:
        """How firm the threshold is, for its section and its notes."""
        if self.chosen_on is None or self.chosen_on.missing:
            return None
        return threshold_stability(self.chosen_on, self.settings, self.scores, self.point.threshold)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Columns to break down by; `label` where there are several kinds of defects."""
        types = ["label"] if self.scores.table["label"].nunique() > 2 else []
        return tuple(dict.fromkeys([*types, *self.by]))

    @cached_property
    def there(self) -> frozenset[Need]:
        """The needs that this evaluation meets."""
        has_ok = self.scores.ok_class is not None
        met = {
            Need.OK_CLASS: has_ok and len(self.scores) > 0,
            Need.TYPES: not has_ok or len(self.scores.classes) > 2,
            Need.VALIDATION: self.chosen_on is not None and not self.chosen_on.missing,
            Need.COLUMNS: bool(self.columns),
            Need.RUNS: find_runs(self.scores, self.runs) is not None,
            Need.FOLDS: self.folds is not None,
            Need.BASELINE_PHOTOS: self.baseline_photos is not None,
            Need.TRAINING: self.from_training,
        }
        return frozenset(need for need, is_met in met.items() if is_met)


@dataclass(frozen=True)
class Evaluator:
    """One section of `metrics.json`.

    Attributes:
        key: of the section.
        needs: where one of them is not met, the key is absent.
        run: computes the section; None leaves the key absent, too.
    """

    key: str
    needs: frozenset[Need]
    run: Callable[[EvaluationContext], object]


def measure(context: EvaluationContext) -> Metrics:
    """Everything that can be measured from scores.

    Raises:
        ConfigError: a column is not there.
    """
    parts = headline(context.scores, context.point, split=context.split, leakage=context.leakage)
    sections = {
        evaluator.key: evaluator.run(context)
        for evaluator in EVALUATORS
        if evaluator.needs <= context.there
    }
    return parts.having(
        **sections,
        operating_point=context.point.model_dump(mode="json"),
    ).warned([*_cautions(context, sections), *context.warnings])


def validation_of(scores: Scores) -> Validation:
    """Scores of validation photos, ready to choose a threshold on."""
    return Validation(scores.defect_scores, scores.is_defective, scores.groups)


def _cautions(context: EvaluationContext, sections: dict[str, object]) -> list[Message]:
    """Warnings of thresholds that rest on little, and about runs that compare nothing."""
    notes = sections.get("threshold_notes")
    messages = [note_message(note) for note in notes] if isinstance(notes, tuple) else []
    if "repeatability" in sections and sections["repeatability"] is None:
        column = find_runs(context.scores, context.runs)
        messages.append(message("runs_without_parts", column=column))
    return messages


def _curves(context: EvaluationContext) -> Curves:
    return curves(context.scores, context.chosen_on, context.point.threshold, context.settings)


def _notes(context: EvaluationContext) -> tuple[ThresholdNote, ...]:
    if context.chosen_on is None:
        return ()
    firm = () if context.stability is None else context.stability.notes
    return (*few_parts(context.chosen_on.expected, context.point), *firm)


def _by(context: EvaluationContext) -> dict[str, Breakdown]:
    return {column: measure_by(context.scores, context.point, column) for column in context.columns}


def _repeatability(context: EvaluationContext) -> object:
    column = find_runs(context.scores, context.runs)
    return None if column is None else repeatability(context.scores, context.point, column)


def _out_of_fold(context: EvaluationContext) -> OutOfFold | None:
    if context.folds is None:
        return None
    return out_of_fold(context.folds, context.settings, context.point.threshold, context.scores)


def _alternatives(context: EvaluationContext) -> object:
    return () if context.chosen_on is None else alternatives(context.chosen_on)


def _baselines(context: EvaluationContext) -> object:
    return None if context.baseline_photos is None else baselines(context.baseline_photos)


def _needs(*needs: Need) -> frozenset[Need]:
    return frozenset(needs)


EVALUATORS = (
    Evaluator("class_reliability", _needs(Need.TYPES),
              lambda c: class_reliability(c.scores, c.calibration)),
    Evaluator("acceptance", _needs(Need.OK_CLASS),
              lambda c: acceptance(c.scores.is_defective, c.called, c.scores.groups)),
    Evaluator("reliability", _needs(Need.OK_CLASS),
              lambda c: reliability(c.scores, c.calibration)),
    Evaluator("curves", _needs(Need.OK_CLASS), _curves),
    Evaluator("threshold_stability", _needs(Need.OK_CLASS, Need.VALIDATION),
              lambda c: c.stability),
    Evaluator("threshold_notes", _needs(Need.OK_CLASS, Need.VALIDATION), _notes),
    Evaluator("by", _needs(Need.OK_CLASS, Need.COLUMNS), _by),
    Evaluator("repeatability", _needs(Need.OK_CLASS, Need.RUNS), _repeatability),
    Evaluator("out_of_fold", _needs(Need.FOLDS), _out_of_fold),
    Evaluator("alternatives", _needs(Need.OK_CLASS, Need.TRAINING), _alternatives),
    Evaluator("baselines", _needs(Need.OK_CLASS, Need.BASELINE_PHOTOS), _baselines),
)  # fmt: skip
"""All evaluators, in the order in which their sections were added to the file."""
