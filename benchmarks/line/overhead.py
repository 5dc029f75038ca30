"""What one photo costs beyond its session: `inspector(photo)` less the time in the session, in ms.

    python benchmarks/line/overhead.py [--model inspector.onnx] [--photos 300]

Three forms of a photo of 300 x 300 pixels: decoded, the bytes of a JPEG, and its path. From the
last two the time to decode the bytes is taken off, too. The session is timed inside the very call,
and all steps are made in turn, so that a busy machine slows all of them alike; the figures are
medians. Without a model a plain CNN of 64 pixels with random weights is exported.
"""

import argparse
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from unittest.mock import patch

import numpy as np
import numpy.typing as npt

from okng import Inspector, modelfile, preprocess
from okng.config import Runtime
from okng.inference.sessions import Session, open_session
from okng.testing import draw_part, encode
from okng.testing.station.model_files import export_plain

SIZE = 300  # pixels of a side, as the castings have
WARM = 20  # photos that fill caches and memory and are not counted


def main() -> None:
    """Run the script."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--photos", type=int, default=300)
    parser.add_argument("--runtime", type=Runtime, default=Runtime.ONNXRUNTIME)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        model = options.model or export_plain(
            Path(folder) / "inspector.onnx", size=64, filters=8, depth=3
        )
        for name, milliseconds in measured(model, Path(folder), options.photos, options.runtime):
            print(f"{name:10s} {milliseconds:7.3f} ms")


class Timed:
    """A session that adds up the time in `run`."""

    def __init__(self, session: Session) -> None:
        self.outputs, self.seconds, self._session = session.outputs, 0.0, session

    def run(
        self, photos: npt.NDArray[np.uint8], outputs: Sequence[str]
    ) -> dict[str, npt.NDArray[np.float32]]:
        """As the session that is timed."""
        begun = time.perf_counter()
        results = self._session.run(photos, outputs)
        self.seconds += time.perf_counter() - begun
        return results


def measured(model: Path, folder: Path, photos: int, runtime: Runtime) -> list[tuple[str, float]]:
    """Median ms of the session, of decoding, and the overhead for each form of a photo."""
    timed = Timed(open_session(modelfile.read(model).data, runtime, 1))
    with patch("okng.inference.engine.loaded.open_session", lambda *_: timed):
        inspector = Inspector(model)
    data = encode(draw_part(1, size=SIZE).photo, "JPEG")
    path = folder / "part.jpg"
    path.write_bytes(data)
    forms = {"pixels": preprocess.decode(data), "bytes": data, "path": path}
    taken: dict[str, list[float]] = {name: [] for name in ("session", "decode", *forms)}
    for _ in range(photos + WARM):
        begun = time.perf_counter()
        preprocess.decode(data)
        taken["decode"].append(time.perf_counter() - begun)
        for name, photo in forms.items():
            timed.seconds, begun = 0.0, time.perf_counter()
            inspector(photo)
            taken[name].append(time.perf_counter() - begun - timed.seconds)
            taken["session"].append(timed.seconds)
    medians = {name: 1000 * median(values[WARM:]) for name, values in taken.items()}
    for name in ("bytes", "path"):
        medians[name] -= medians["decode"]
    return [(f"+ {name}" if name in forms else name, value) for name, value in medians.items()]


if __name__ == "__main__":
    main()
