"""Scores of onnxruntime on CPUs that are not at hand, by QEMU's emulation of a process.

onnxruntime asks the CPU for its instructions and has no switch, so that `okng certify` cannot limit
them. `qemu-x86_64` (Debian: qemu-user-static, 7.2 or later) shows a process another CPU.

Usage: other_cpu.py MODEL QEMU PHOTO...
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from okng import Inspector
from okng.config import Runtime

CPUS = {"Haswell": "AVX2, FMA", "IvyBridge": "AVX, no FMA"}
"""Names of QEMU. Older ones end in an illegal instruction: numpy wants more than SSE4.2."""
BLAS = {"Haswell": "Haswell", "IvyBridge": "Sandybridge"}
"""Kernels of numpy's OpenBLAS, which takes the emulated IvyBridge for a Haswell."""


def scores(model: str, photos: list[str], target: str) -> None:
    """Score and unfamiliarity of each photo, on one thread."""
    inspector = Inspector(model, runtime=Runtime.ONNXRUNTIME, threads=1)
    verdicts = [inspector(photo) for photo in photos]
    rows = [[v.verdict.value, v.defect_score, v.unfamiliarity] for v in verdicts]
    Path(target).write_text(json.dumps(rows), encoding="utf-8")


def asked(before: list[str], model: str, photos: list[str], **variables: str) -> list[list[float]]:
    """The same from a process that `before` starts, with further variables of the environment."""
    with tempfile.TemporaryDirectory() as folder:
        target = str(Path(folder) / "scores.json")
        # The interpreter itself, not the link of the environment, which QEMU would not follow home.
        python = [str(Path(sys.executable).resolve()), __file__, "--child", target, model, *photos]
        paths = os.pathsep.join(path for path in sys.path if path)
        environment = {**os.environ, "PYTHONPATH": paths, "OPENBLAS_NUM_THREADS": "1", **variables}
        subprocess.run([*before, *python], check=True, env=environment, stderr=subprocess.DEVNULL)
        rows: list[list[float]] = json.loads(Path(target).read_text(encoding="utf-8"))
        return rows


def main() -> None:
    """Compare each CPU with this one."""
    model, qemu, *photos = sys.argv[1:]
    here = asked([], model, photos)
    for name, instructions in CPUS.items():
        there = asked([qemu, "-cpu", name], model, photos, OPENBLAS_CORETYPE=BLAS[name])
        differ = sum(a[0] != b[0] for a, b in zip(here, there, strict=True))
        apart = np.abs(np.array([row[1:] for row in here]) - np.array([row[1:] for row in there]))
        score, unfamiliarity = apart.max(axis=0)
        print(f"{name} ({instructions}): {len(photos)} photos, {differ} verdicts differ, score "
              f"{score:.1e}, unfamiliarity {unfamiliarity:.1e}")  # fmt: skip


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        scores(sys.argv[3], sys.argv[4:], sys.argv[2])
    else:
        main()
