"""On generated photos with masks: how often does the hottest place lie on the defect?

Usage: heatmaps.py [cnn|quick] [--seeds N ...] [--anywhere] [--out FOLDER]

Trains a plain CNN, or the quick recipe, and prints the check of its heatmaps on all true hits, and
how long it took; of several seeds the rate of all hits together, too. Five minutes a seed. Each
seed draws other parts, splits them anew and starts from other weights. Cells were chosen on seed 0,
what is left out and how far a place reaches on seeds 0 to 3.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from okng.commands.train import train
from okng.dataset.loading.masks import MASKS, find_mask
from okng.evaluation import Scores, check_heatmaps
from okng.evaluation.statistics.intervals import proportion
from okng.testing import Defect, Layout, write_folder

KINDS = (Defect.BLOWHOLE, Defect.CHIPPED_EDGE)
PARTS_APART = 10_000  # so that no part is drawn under two seeds
SIDE, WIDE = 96, 128  # pixels of a photo; of one in which the part lies anywhere

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
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--anywhere", action="store_true", help="parts lie anywhere in the photo")
    parser.add_argument("--out", type=Path, help="folder for photos and runs")
    given = parser.parse_args()
    folder = given.out or Path(tempfile.mkdtemp())
    rates = [
        check(given.recipe, seed, folder / f"seed{seed}", anywhere=given.anywhere)
        for seed in given.seeds
    ]
    hits, masks = (sum(numbers) for numbers in zip(*rates, strict=True))
    pooled = proportion(np.arange(masks) < hits)
    print(
        f"seeds {given.seeds}: on the defect in {hits} of {masks}, {100 * pooled.value:.0f} % "
        f"[{100 * pooled.low:.0f}, {100 * pooled.high:.0f}]"
    )


def check(recipe: str, seed: int, folder: Path, *, anywhere: bool) -> tuple[int, int]:
    """Train on parts of a seed, print the check; hits on the defect, and masks."""
    photos = write_folder(
        folder / "photos",
        good=240,
        defective=240,
        defects=KINDS,
        size=SIDE,
        layout=Layout.MVTEC,
        seed=PARTS_APART * seed,
    )
    if anywhere:
        scatter(photos, seed)
    settings = {"no_near": True, "test_share": 0.3, "seed": seed, **SETTINGS[recipe]}
    run = train(photos, out=folder / "run", **settings)
    metrics = run.metrics
    scores = Scores.read(run.scores, tuple(metrics["classes"]), metrics["ok_class"])
    start = time.monotonic()
    found = check_heatmaps(run.model_file, photos, scores.select("test"))
    seconds = time.monotonic() - start
    print(json.dumps({k: v for k, v in found.plain().items() if k != "curves"}, indent=1))
    print(
        f"seed {seed}: accuracy {metrics['accuracy']['value']:.3f}, check in {seconds:.1f} s",
        flush=True,
    )
    if found.pointing is None:
        return 0, 0
    masks = found.pointing.masks
    return round((found.pointing.rate.value or 0.0) * masks), masks


def scatter(root: Path, seed: int) -> None:
    """Put each photo, and its mask alike, anywhere in a larger one of the same background."""
    rng = np.random.default_rng(seed)
    for path in sorted(p for p in root.rglob("*") if p.suffix in {".png", ".jpg"}):
        if MASKS in path.parts:
            continue
        row, column = rng.integers(0, WIDE - SIDE + 1, 2)
        photo = np.asarray(Image.open(path))
        border = np.concatenate([photo[:2].reshape(-1, 3), photo[-2:].reshape(-1, 3)])
        noise = rng.normal(border.mean(), border.std(), (WIDE, WIDE, 1)).clip(0, 255)
        _put(photo, np.broadcast_to(noise, (WIDE, WIDE, 3)).round(), row, column, path)
        if mask := find_mask(root, path.name, path.parent.name):
            _put(np.asarray(Image.open(mask)), np.zeros((WIDE, WIDE)), row, column, mask)


def _put(
    front: npt.NDArray[np.uint8], back: npt.NDArray[Any], row: int, column: int, path: Path
) -> None:
    wide = back.astype(np.uint8)
    wide[row : row + SIDE, column : column + SIDE] = front
    Image.fromarray(wide).save(path)


if __name__ == "__main__":
    main()
