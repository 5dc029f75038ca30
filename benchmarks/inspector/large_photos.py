"""Draws a folder of large photos: 4000 x 3000 pixels, JPEG of quality 90, half of the parts good.

The commands that use it stand in `large.py`.
"""

import argparse
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from okng.testing import Defect, draw_part

HEIGHT, WIDTH = 3000, 4000  # 12 megapixels, as cameras of lines and phones have
QUALITY = 90  # of the JPEG: 2.5 MB a photo
TINT = (1.0, 0.97, 0.9)  # of red, green and blue: cameras of colour see no plain grey


def main() -> None:
    """Run the script."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--parts", type=int, default=96)
    options = parser.parse_args()
    for number in range(options.parts):
        write_part(options.folder, number)


def write_part(folder: Path, number: int) -> Path:
    """Write one part to the folder of its class; every other part has a defect."""
    kinds = list(Defect)
    defect = kinds[number // 2 % len(kinds)] if number % 2 else None
    path = folder / (defect.value if defect else "ok") / f"part_{number:04d}.jpg"
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(large_photo(number, defect)).save(path, quality=QUALITY)
    return path


def large_photo(seed: int, defect: Defect | None) -> npt.NDArray[np.uint8]:
    """A part before a plain background, uint8 (3000, 4000, 3), RGB, with the noise of a sensor."""
    grey = draw_part(seed, defect, size=HEIGHT).photo[..., 0]
    beside = (WIDTH - HEIGHT) // 2
    wide = np.pad(grey, ((0, 0), (beside, beside)), "reflect")
    return (wide[..., None] * np.array(TINT)).astype(np.uint8)


if __name__ == "__main__":
    main()
