"""On generated photos with masks: how often does the hottest place lie on the defect?

Usage: heatmaps.py [cnn|quick] [--seed N] [--out FOLDER]

Trains a plain CNN, or the quick recipe, and prints the check of its heatmaps on all true hits, and
how long it took. Five minutes. Cells and networks were chosen on seed 0; every other seed draws
other parts, splits them anew and starts from other weights.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

from okng.evaluate import Scores, check_heatmaps
from okng.pipeline import train
from okng.testing import Defect, Layout, write_folder

KINDS = (Defect.BLOWHOLE, Defect.CHIPPED_EDGE)
PARTS_APART = 10_000  # so that no part is drawn under two seeds

SETTINGS: dict[str, dict[str, Any]] = {
    "cnn": {
        "model": "cnn", "image_size": 96, "depth": 3, "filters": 16, "lr": 1e-3, "dropout": 0.1,
        "epochs": 25, "patience": 25, "batch_size": 16, "rotation": 0.0, "brightness": 0.05,
        "contrast": 0.05,
    },
    "quick": {"recipe": "quick"},
}  # fmt: skip


def main() -> None:
    """Run the script."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("recipe", nargs="?", choices=list(SETTINGS), default="quick")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="folder for photos and run")
    given = parser.parse_args()
    folder = given.out or Path(tempfile.mkdtemp())
    photos = write_folder(
        folder / "photos",
        good=240,
        defective=240,
        defects=KINDS,
        size=96,
        layout=Layout.MVTEC,
        seed=PARTS_APART * given.seed,
    )
    settings = {"no_near": True, "test_share": 0.3, "seed": given.seed, **SETTINGS[given.recipe]}
    run = train(photos, out=folder / "run", **settings)
    metrics = run.metrics
    scores = Scores.read(run.scores, tuple(metrics["classes"]), metrics["ok_class"])
    start = time.monotonic()
    found = check_heatmaps(run.model_file, photos, scores.select("test"))
    seconds = time.monotonic() - start
    print(json.dumps({k: v for k, v in found.items() if k != "curves"}, indent=1))
    print(f"accuracy {metrics['accuracy']['value']:.3f}, check in {seconds:.1f} s")


if __name__ == "__main__":
    main()
