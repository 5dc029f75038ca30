"""On generated photos with masks: how often does the hottest place lie on the defect?

Usage: heatmaps.py [FOLDER]

Trains a plain CNN and prints the check of its heatmaps on all true hits, and how long it took.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

from okng.evaluate import Scores, check_heatmaps
from okng.pipeline import train
from okng.testing import Defect, Layout, write_folder

KINDS = (Defect.BLOWHOLE, Defect.CHIPPED_EDGE)


def main() -> None:
    """Run the script."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp())
    photos = write_folder(
        folder / "photos", good=240, defective=240, defects=KINDS, size=96, layout=Layout.MVTEC
    )
    run = train(
        photos, out=folder / "run", model="cnn", image_size=96, depth=3, filters=16, lr=2e-3,
        dropout=0.1, epochs=25, patience=25, batch_size=16, rotation=0.0, brightness=0.05,
        contrast=0.05, no_near=True, test_share=0.3,
    )  # fmt: skip
    metrics = run.metrics
    scores = Scores.read(run.scores, tuple(metrics["classes"]), metrics["ok_class"])
    start = time.monotonic()
    found = check_heatmaps(run.model_file, photos, scores.select("test"))
    seconds = time.monotonic() - start
    print(json.dumps({k: v for k, v in found.items() if k != "curves"}, indent=1))
    print(f"accuracy {metrics['accuracy']['value']:.3f}, check in {seconds:.1f} s")


if __name__ == "__main__":
    main()
