"""What keeping freed memory saves: CPU time of training steps, in turn, each in its own process.

    python benchmarks/training/memory.py

CPU time, not clock time, so that a busy machine does not matter. A minute. Expected: a tenth to a
fifth less, and a tenth of the page faults (glibc only).
"""

import resource
import subprocess
import sys

import torch

from okng.config import ModelSettings
from okng.memory import keep_freed_memory
from okng.training.networks.architecture import Architecture
from okng.training.networks.registry import build

STEPS, SIDE, BATCH = 4, 160, 32


def one(mode: str) -> None:
    """A few steps of EfficientNet-Lite0, and what they cost."""
    kept = mode == "kept" and keep_freed_memory()
    torch.set_num_threads(1)
    settings = ModelSettings(weights="random")
    network = build(Architecture(settings=settings, classes=2, channels=3, image_size=SIDE)).train()
    photos = torch.rand(BATCH, 3, SIDE, SIDE).contiguous(memory_format=torch.channels_last)
    network(photos).sum().backward()
    before = resource.getrusage(resource.RUSAGE_SELF)
    for _ in range(STEPS):
        network(photos).sum().backward()
    after = resource.getrusage(resource.RUSAGE_SELF)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    faults = after.ru_minflt - before.ru_minflt
    print(f"{'kept' if kept else 'as it is'}: {seconds / STEPS:.2f} s of CPU a step, "
          f"{faults // STEPS:,} page faults a step")  # fmt: skip


if __name__ == "__main__":
    if len(sys.argv) > 1:
        one(sys.argv[1])
    else:
        for mode in ("plain", "kept") * 3:
            subprocess.run([sys.executable, __file__, mode], check=True)
