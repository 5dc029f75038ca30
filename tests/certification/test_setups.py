"""Which ways to run a model file are tried."""

import platform

import pytest

from okng.certification import Kernels, Setup, setups_at_hand
from okng.certification.setups import REFERENCE
from okng.config import Runtime
from okng.inference.sessions import runtimes_at_hand


def test_every_runtime_batch_and_number_of_threads_is_there() -> None:
    """All combinations of native kernels but the reference, which is compared with itself."""
    setups = setups_at_hand(threads=(1, 2), batches=(1, 8, 32))
    native = {(s.runtime, s.threads, s.batch) for s in setups if s.kernels is Kernels.NATIVE}
    every = {(r, t, b) for r in runtimes_at_hand() for t in (1, 2) for b in (1, 8, 32)}

    assert native == every - {(Runtime.ONNXRUNTIME, 1, 1)}
    assert len(setups) == len(set(setups))


def test_forced_kernels_run_at_both_ends() -> None:
    """The fewest and the most threads, the smallest and the largest batch."""
    setups = setups_at_hand(threads=(1, 2, 8), batches=(1, 8, 32))
    forced = {(s.threads, s.batch) for s in setups if s.kernels is Kernels.NO_NCHWC}

    assert forced == {(1, 1), (1, 32), (8, 1), (8, 32)}


@pytest.mark.parametrize(
    ("machine", "there"), [("x86_64", True), ("AMD64", True), ("aarch64", False)]
)
def test_instructions_of_x86_are_forced_there_alone(
    monkeypatch: pytest.MonkeyPatch, machine: str, there: bool
) -> None:
    """An ARM CPU has no AVX2."""
    monkeypatch.setattr(platform, "machine", lambda: machine)

    assert (Kernels.AVX2 in {setup.kernels for setup in setups_at_hand()}) is there


def test_one_runtime_alone_can_be_asked_for() -> None:
    """The reference is another one then, and stays out of the list."""
    setups = setups_at_hand([Runtime.OPENVINO], threads=(1,), batches=(1,))

    assert {setup.runtime for setup in setups} == {Runtime.OPENVINO}
    assert REFERENCE not in setups
    assert Setup(runtime=Runtime.OPENVINO, threads=1, batch=1) in setups
