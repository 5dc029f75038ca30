"""The ways to run a model file that are at hand on this machine."""

import platform
from collections.abc import Iterable, Sequence
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from okng.config import Runtime
from okng.inference.processors import cores
from okng.inference.sessions import runtimes_at_hand

BATCHES = (1, 8, 32)
"""Photos that go through the network at once."""
_X86 = frozenset({"x86_64", "AMD64"})


class Kernels(StrEnum):
    """Which of its kernels a runtime may take.

    - `native`: those that it chooses for this CPU.
    - `AVX2`: OpenVINO without AVX-512, as on CPUs that have none. oneDNN reads the variable
      `ONEDNN_MAX_CPU_ISA` once, so this runs in a process of its own.
    - `no-nchwc`: onnxruntime without its blocked layout (NCHWc), so that convolutions run by
      im2col and matrix product, as on CPUs for which it has no blocked kernels. Its set of
      instructions cannot be chosen: it asks the CPU itself and has no switch.
    """

    NATIVE = "native"
    AVX2 = "AVX2"
    NO_NCHWC = "no-nchwc"

    @property
    def isolated(self) -> bool:
        """Whether it needs a process of its own."""
        return self is Kernels.AVX2


class Setup(BaseModel):
    """One way to run a model file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    runtime: Runtime = Field(description="what runs the network")
    kernels: Kernels = Field(Kernels.NATIVE, description="which of its kernels it may take")
    threads: int = Field(ge=1, description="CPU threads")
    batch: int = Field(ge=1, description="photos at once")


REFERENCE = Setup(runtime=Runtime.ONNXRUNTIME, threads=1, batch=1)
"""All others are compared with it."""


def thread_counts() -> tuple[int, ...]:
    """One, two, and all cores."""
    return tuple(sorted({1, 2, cores()}))


def setups_at_hand(
    runtimes: Iterable[Runtime] = (),
    threads: Sequence[int] = (),
    batches: Sequence[int] = BATCHES,
) -> tuple[Setup, ...]:
    """Every setup but the reference, kernel set by kernel set.

    Args:
        runtimes: to be tried, whether installed or not; `runtimes_at_hand` when left out.
        threads: CPU threads; `thread_counts` when left out. Forced kernels run with the fewest and
            the most.
        batches: photos at once; forced kernels run with the smallest and the largest.
    """
    counts, sizes = tuple(threads) or thread_counts(), tuple(batches)
    return tuple(
        setup
        for runtime in tuple(runtimes) or runtimes_at_hand()
        for kernels in _kernels_of(runtime)
        for each in _ends(counts, kernels)
        for batch in _ends(sizes, kernels)
        if (setup := Setup(runtime=runtime, kernels=kernels, threads=each, batch=batch))
        != REFERENCE
    )


def _kernels_of(runtime: Runtime) -> tuple[Kernels, ...]:
    if runtime is Runtime.ONNXRUNTIME:
        return Kernels.NATIVE, Kernels.NO_NCHWC
    if runtime is Runtime.OPENVINO and platform.machine() in _X86:
        return Kernels.NATIVE, Kernels.AVX2
    return (Kernels.NATIVE,)


def _ends(values: Sequence[int], kernels: Kernels) -> list[int]:
    """All values for native kernels, the outer two for others."""
    chosen = values if kernels is Kernels.NATIVE else {min(values), max(values)}
    return sorted(set(chosen))
