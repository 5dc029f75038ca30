"""The loop over trials: draw settings, train, report each fold; a failing trial ends alone."""

import math
import time
from typing import Any, NamedTuple

import optuna
from optuna.trial import FrozenTrial, TrialState

from okng.config import resolve
from okng.errors import ConfigError, TrainingError
from okng.events import Advance, Progress
from okng.training.tuning.objective import (
    FoldResult,
    Objective,
    evaluate_fold,
    value,
)
from okng.training.tuning.space import Space
from okng.training.tuning.storage import GRACE_SECONDS, HEARTBEAT_SECONDS, quiet_optuna
from okng.training.tuning.trial_runner import Networks
from okng.wording import mark

FAILURES = (ConfigError, TrainingError, MemoryError, RuntimeError, ValueError)
"""What one trial may come to without ending the study: a loss that is no number, too little memory,
a network that does not take an input size."""
_HOPELESS = 3  # consecutive failures, without any complete trial, that end a study
ERROR = "error"


class Limits(NamedTuple):
    """When a study is over.

    Attributes:
        trials: of the whole study, by all workers.
        seconds: after which this worker begins no further trial; None for no such limit.
    """

    trials: int
    seconds: float | None = None


class Trials(NamedTuple):
    """What a trial needs."""

    space: Space
    networks: Networks
    objective: Objective


def run_trials(task: Trials, study: optuna.Study, limits: Limits, progress: Progress) -> None:
    """Run trials until the study has as many as it shall have.

    Args:
        task: what a trial needs.
        study: new, or to go on with.
        limits: when to end; also where one trial after the other fails.
        progress: receives one stage with a step per fold, and a sentence per trial.

    Raises:
        KeyboardInterrupt: after what was done has been kept; the trial is queued again.
        DatasetError: a photo vanished.
    """
    failed = 0
    begun, folds = time.monotonic(), len(task.networks.photos.folds)
    with quiet_optuna(), progress.stage("trials", limits.trials * folds) as advance:
        advance(min(limits.trials, len(counted(study))) * folds)
        work = _Work(task, study, advance)
        while _wanted(study, limits.trials):
            if limits.seconds is not None and time.monotonic() - begun >= limits.seconds:
                progress.say(mark("the time is over: no further trial begins"))
                return
            number = work.run_one()
            progress.say(sentence(study, number))
            failed = failed + 1 if study.trials[number].state is TrialState.FAIL else 0
            if failed >= _HOPELESS and not _complete(study):
                progress.say(mark("one trial after the other fails: no further trial begins"))
                return


def counted(study: optuna.Study) -> list[FrozenTrial]:
    """Trials that are over: not those of a worker that was stopped, which come again."""
    return [
        trial
        for trial in study.get_trials(deepcopy=False)
        if trial.state in {TrialState.COMPLETE, TrialState.PRUNED}
        or (trial.state is TrialState.FAIL and ERROR in trial.user_attrs)
    ]


def sentence(study: optuna.Study, number: int) -> str:
    """One line on a trial that is over, and the best so far."""
    trial = study.get_trials(deepcopy=False)[number]
    values = ", ".join(f"{name} {short(v)}" for name, v in trial.params.items())
    if trial.state is TrialState.COMPLETE:
        outcome = short(trial.value)
    elif trial.state is TrialState.PRUNED:
        outcome = "given up early"
    else:
        outcome = f"failed: {trial.user_attrs.get(ERROR, 'for an unknown reason')}"
    return f"trial {number}: {outcome} ({values}){_best(study)}"


def short(value: Any) -> str:
    """A value as it is shown."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)


class _Work:
    """Runs trials of a study, one by one."""

    def __init__(self, task: Trials, study: optuna.Study, advance: Advance) -> None:
        self._task = task
        self._study = study
        self._advance = advance
        self._number = -1
        self._left = 0

    def run_one(self) -> int:
        """Run one trial; its number. One that is interrupted will be the next."""
        try:
            self._study.optimize(self._try, n_trials=1, catch=FAILURES)
        except KeyboardInterrupt:
            if self._number >= 0:
                stopped = self._study.get_trials(deepcopy=False)[self._number]
                self._study.enqueue_trial(dict(stopped.params))
            raise
        self._advance(self._left)
        return self._number

    def _try(self, trial: optuna.Trial) -> float:
        """The objective: also keeps what every fold came to."""
        begun, self._number = time.monotonic(), trial.number
        self._left = len(self._task.networks.photos.folds)
        try:
            return self._value(trial)
        except FAILURES as exc:
            trial.set_user_attr(ERROR, _first_line(exc))
            raise
        finally:
            trial.set_user_attr("seconds", round(time.monotonic() - begun, 2))

    def _value(self, trial: optuna.Trial) -> float:
        task = self._task
        settings = resolve(task.space.settings(task.space.draw(trial)))
        known = _tried_before(self._study, trial)
        if known is not None:
            trial.set_user_attr("same_as", known.number)
            trial.set_user_attr("folds", known.user_attrs.get("folds", []))
            return float(known.values[0])
        ok_class = task.networks.photos.dataset.ok_class
        costs, so_far = settings.operating_point, math.nan
        done: list[FoldResult] = []
        for scores in task.networks.judge(settings):
            done.append(evaluate_fold(scores, costs, ok_class=ok_class))
            so_far = value(task.objective, done, costs)
            self._record(trial, [value(task.objective, [fold], costs) for fold in done])
            trial.report(so_far, len(done) - 1)
            if self._left and trial.should_prune():
                raise optuna.TrialPruned
        return so_far

    def _record(self, trial: optuna.Trial, folds: list[float]) -> None:
        trial.set_user_attr("folds", folds)
        self._left -= 1
        where = f"fold {len(folds)}/{len(folds) + self._left}"
        self._advance(1, f"trial {trial.number}, {where}{_best(self._study)}")


def _wanted(study: optuna.Study, trials: int) -> bool:
    """Whether another trial is to be begun. Waits for trials of workers that may be dead."""
    patience = time.monotonic() + GRACE_SECONDS + 2 * HEARTBEAT_SECONDS
    while len(counted(study)) < trials:
        optuna.storages.fail_stale_trials(study)
        running = study.get_trials(deepcopy=False, states=(TrialState.RUNNING,))
        if len(counted(study)) + len(running) < trials:
            return True
        if time.monotonic() > patience:
            return False
        time.sleep(0.5)
    return False


def _tried_before(study: optuna.Study, trial: optuna.Trial) -> FrozenTrial | None:
    """A finished trial of the same settings: it would come out the same again."""
    for other in _complete(study):
        if other.params == trial.params:
            return other
    return None


def _best(study: optuna.Study) -> str:
    if not _complete(study):
        return ""
    return f"; best {short(study.best_value)} (trial {study.best_trial.number})"


def _complete(study: optuna.Study) -> list[FrozenTrial]:
    return study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))


def _first_line(exc: BaseException) -> str:
    return (str(exc).splitlines() or [type(exc).__name__])[0]
