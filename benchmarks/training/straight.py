"""How straight parts lie in their photos: the share of edges along the sides, folder by folder.

    python benchmarks/training/straight.py [FOLDER ...]

Each folder's photos are looked at as training sees them (192 px), 300 of them at most; without a
folder, solar cells (ELPV), the castings and the classes of X-SDD. From 0.4 on (`train/straight.py`)
parts are turned by quarters only; 0.22 is what edges without any direction give. A minute.
"""

import argparse
from pathlib import Path

import numpy as np
from protocols import elpv

from okng.dataset import load_photos
from okng.training.data.axis_alignment import STRAIGHT, edges_along_sides

SIDE, MOST = 192, 300
DATA = Path(__file__).parents[3] / "shared" / "data"


def photos_of(folder: Path) -> np.ndarray:
    """Some of the photos in a folder, those of its own folders included."""
    paths = sorted(p for p in folder.rglob("*") if p.suffix.lower() in {".jpg", ".jpeg", ".png"})
    return load_photos(paths[:: max(1, len(paths) // MOST)][:MOST], SIDE)


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path)
    folders = parser.parse_args().folders
    found = {str(folder): edges_along_sides(photos_of(folder)) for folder in folders}
    if not folders:
        found["solar cells"] = edges_along_sides(elpv(SIDE)[0])
        usual = [DATA / "casting_data" / "train", DATA / "xsdd", *sorted((DATA / "xsdd").iterdir())]
        found |= {str(f.relative_to(DATA)): edges_along_sides(photos_of(f)) for f in usual}
    for name, share in found.items():
        print(f"{name}: {share:.3f}, {'by quarters' if share >= STRAIGHT else 'by any angle'}")


if __name__ == "__main__":
    main()
