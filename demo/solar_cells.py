"""Lays the solar-cell photos of the package `elpv-dataset` out as one folder per class.

2,624 electroluminescence photos of solar cells (Buerhop-Lutz et al., 2018; Deitsch et al., 2019;
zae-bayern/elpv-dataset), licence CC BY-NC-SA 4.0: for trying out, not for business.

Usage: solar_cells.py FOLDER
"""

import importlib.util
import os
import shutil
import sys
from pathlib import Path

NOTICE = "Photos: elpv-dataset, CC BY-NC-SA 4.0: for trying out, not for business."


def lay_out(source: Path, target: Path) -> dict[str, int]:
    """Link each photo into the folder of its class; a second call changes nothing.

    Returns:
        Photos per class. A probability of defect of 0.5 or more is defective.
    """
    counts = {"functional": 0, "defective": 0}
    for line in (source / "labels.csv").read_text(encoding="utf-8").splitlines():
        name, probability, _ = line.split()
        label = "defective" if float(probability) >= 0.5 else "functional"
        _link(source / name, target / label / Path(name).name)
        counts[label] += 1
    return counts


def _link(photo: Path, target: Path) -> None:
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(photo, target)
    except OSError:  # another disk
        shutil.copyfile(photo, target)


def main() -> None:
    """Run the script."""
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    package = importlib.util.find_spec("elpv_dataset")
    if package is None or not package.submodule_search_locations:
        sys.exit("The package elpv-dataset is missing: pip install 'okng[demo]'")
    source = Path(package.submodule_search_locations[0]) / "data"
    counts = lay_out(source, Path(sys.argv[1]))
    print(", ".join(f"{count} {label}" for label, count in counts.items()))
    print(NOTICE)


if __name__ == "__main__":
    main()
