"""The faster precision on this machine: measured for two seconds before training.

bfloat16 halves the time of plain convolutions on CPUs that have it, and lengthens that of depthwise
ones; on CPUs without, it is many times slower. So it is measured, and the choice is saved: a run
that resumes continues in the same precision.
"""

import copy
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import torch

from okng.config import Precision, TrainingSettings
from okng.events import Progress
from okng.files import write_atomic
from okng.training.data.loader import PhotoArray
from okng.training.fine_tune.lightning_module import Learner
from okng.wording import mark, sentence

_GAIN = 1.25
"""bfloat16 must be faster by this factor: it is less exact, and timings are noisy."""
_SECONDS = 1.0  # for each of the two precisions

StepSeconds = Callable[[Learner, torch.Tensor, bool], float]
"""A learner, network input, and whether to use bfloat16 -> seconds of a step."""


class Plan(NamedTuple):
    """How a training computes, and why.

    Attributes:
        precision: float32 or bfloat16.
        reason: the measurement, in words.
    """

    precision: Precision
    reason: str

    @property
    def lightning(self) -> Literal["bf16-mixed", "32-true"]:
        """What Lightning calls it."""
        return "bf16-mixed" if self.precision is Precision.BFLOAT16 else "32-true"


def measured_plan(
    learner: Learner,
    data: PhotoArray,
    settings: TrainingSettings,
    saved: Path,
    progress: Progress,
    step_seconds: StepSeconds | None = None,
) -> Plan:
    """The plan of a run: the one it began with, the one asked for, or the one that is faster.

    Args:
        learner: with the network; its weights stay as they are.
        data: photos to measure with.
        settings: names a precision, or leaves it to the measurement.
        saved: file that holds the choice, for a run that resumes.
        progress: receives the choice in a sentence.
        step_seconds: times a step; `measured_seconds` where the CPU has bfloat16, if left out.
    """
    if saved.exists():
        return Plan(Precision(saved.read_text(encoding="utf-8").strip()), mark("as this run began"))
    if step_seconds is None and has_bfloat16():
        step_seconds = measured_seconds
    plan = _plan(learner, data, settings, step_seconds)
    write_atomic(saved, plan.precision.value + "\n")
    progress.choose(
        "precision", sentence("precision", name=plan.precision.value, reason=plan.reason)
    )
    return plan


def _plan(
    learner: Learner,
    data: PhotoArray,
    settings: TrainingSettings,
    step_seconds: StepSeconds | None,
) -> Plan:
    if settings.precision not in {Precision.AUTO, Precision.INT8}:  # INT8 is of frozen layers
        return Plan(settings.precision, mark("as asked"))
    if torch.cuda.is_available():
        return _on_gpu()
    if step_seconds is None:
        return Plan(Precision.FLOAT32, mark("this machine has no bfloat16"))
    batch = data[np.arange(min(settings.batch_size, len(data)))]
    before = copy.deepcopy(learner.network.state_dict())  # as batch norm updates it
    plain, half = (step_seconds(learner, batch[0], on) for on in (False, True))
    learner.network.load_state_dict(before)
    timing = f"{1000 * plain:.0f} ms a step in float32, {1000 * half:.0f} in bfloat16"
    return Plan(Precision.BFLOAT16 if half * _GAIN < plain else Precision.FLOAT32, timing)


def _on_gpu() -> Plan:
    """Mixed precision where the GPU has bfloat16: every one that has is faster with it."""
    if torch.cuda.is_bf16_supported(including_emulation=False):
        return Plan(Precision.BFLOAT16, mark("mixed, as this GPU has it"))
    return Plan(Precision.FLOAT32, mark("this GPU has no bfloat16"))


def has_bfloat16() -> bool:
    """Whether the CPU has instructions for bfloat16; emulated, it is never faster."""
    names = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    return any(bool(getattr(torch.cpu, name, bool)()) for name in names)


def measured_seconds(learner: Learner, photos: torch.Tensor, half: bool) -> float:
    """The fastest of a few forward and backward passes; the first only warms up."""
    times: list[float] = []
    inputs = learner.input_of(photos)
    learner.train()
    begun = time.perf_counter()
    while len(times) < 3 or (time.perf_counter() - begun < _SECONDS and len(times) < 12):
        start = time.perf_counter()
        with torch.autocast("cpu", torch.bfloat16, enabled=half):
            logits = learner.network(inputs)
        logits.float().sum().backward()
        times.append(time.perf_counter() - start)
    learner.zero_grad(set_to_none=True)
    return min(times[1:])
