"""A moving average of the weights that learn: more accurate than the weights of any one step.

Polyak and Juditsky (1992); exponential, with a decay that grows from the start as in
Tarvainen and Valpola (NeurIPS 2017).

Not Lightning's `EMAWeightAveraging`: it copies the whole module, frozen layers included, and stores
the average under other keys, so a checkpoint of an older version would resume without its average.
"""

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

_DECAY = 0.99  # at most: an average over the last 100 steps or so


class Average:
    """The average of some parameters over the steps of a training.

    Args:
        parameters: those that learn, and statistics that follow them; the average starts at what
            they are.
    """

    def __init__(self, parameters: Iterable[Tensor]) -> None:
        self.parameters = list(parameters)
        self.values = [p.detach().clone() for p in self.parameters]
        self.steps = 0

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Copy the values: unpickled in worker processes, they would be shared memory."""
        self.__dict__ |= state
        self.values = [value.clone() for value in self.values]

    @torch.no_grad()
    def update(self) -> None:
        """Update the average after one more step."""
        self.steps += 1
        # Early steps count more: with a fixed decay the start would dominate a short training.
        decay = min(_DECAY, (1 + self.steps) / (10 + self.steps))
        for value, parameter in zip(self.values, self.parameters, strict=True):
            value.lerp_(parameter.detach().to(value.device), 1 - decay)

    @torch.no_grad()
    def swap(self) -> None:
        """Exchange weights and average; a second call undoes it."""
        for number, parameter in enumerate(self.parameters):
            value = self.values[number].to(parameter.device)
            self.values[number] = parameter.detach().clone()
            parameter.copy_(value)

    def state(self) -> dict[str, list[Tensor] | int]:
        """What a checkpoint saves of it."""
        return {"values": self.values, "steps": self.steps}

    def restore(self, state: dict[str, list[Tensor] | int]) -> None:
        """Restore from a checkpoint."""
        values, steps = state["values"], state["steps"]
        assert isinstance(values, list)  # noqa: S101 - for the type checker
        assert isinstance(steps, int)  # noqa: S101 - likewise
        self.values, self.steps = [value.clone() for value in values], steps
