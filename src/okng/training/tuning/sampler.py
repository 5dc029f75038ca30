"""Draws settings so that a study comes out alike, whoever draws them.

Optuna's samplers draw from one stream of random numbers per process: two workers with the same
seed would try the same settings, and a study that goes on would repeat its first draws. Here each
trial has a stream of its own.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from optuna import Study
from optuna.distributions import BaseDistribution
from optuna.samplers import BaseSampler, TPESampler
from optuna.trial import FrozenTrial, TrialState


class TrialSampler(BaseSampler):
    """Tree-structured Parzen estimator (Bergstra et al., 2011), seeded by the trial's number.

    Args:
        seed: of the study.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._number = -1
        self._sampler: BaseSampler = TPESampler()

    def infer_relative_search_space(
        self, study: Study, trial: FrozenTrial
    ) -> dict[str, BaseDistribution]:
        """The settings that are drawn together."""
        return self._of(trial).infer_relative_search_space(study, trial)

    def sample_relative(
        self, study: Study, trial: FrozenTrial, search_space: Mapping[str, BaseDistribution]
    ) -> dict[str, Any]:
        """Draw them."""
        return self._of(trial).sample_relative(study, trial, dict(search_space))

    def sample_independent(
        self,
        study: Study,
        trial: FrozenTrial,
        param_name: str,
        param_distribution: BaseDistribution,
    ) -> Any:
        """Draw one of the others."""
        return self._of(trial).sample_independent(study, trial, param_name, param_distribution)

    def after_trial(
        self, study: Study, trial: FrozenTrial, state: TrialState, values: Sequence[float] | None
    ) -> None:
        """Pass on that a trial is over."""
        self._of(trial).after_trial(study, trial, state, values)

    def _of(self, trial: FrozenTrial) -> BaseSampler:
        if trial.number != self._number:
            seed = np.random.SeedSequence((self._seed, trial.number)).generate_state(1)[0]
            self._number, self._sampler = trial.number, TPESampler(seed=int(seed))
        return self._sampler
