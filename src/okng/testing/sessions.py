"""A session without a network, for tests of what surrounds one."""

import threading
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from okng.errors import ModelFileError

DARK, BRIGHT = 10, 245
"""Mean grey levels: below the first the session fails, above the second it gives NaN."""


class BrightnessSession:
    """Gives the brightness of a photo, in [0, 1], as its defect score.

    Attributes:
        outputs: names of what it gives.
        free: while this event is cleared, every batch waits.
        batches: how many photos each batch had, in order.
    """

    outputs = ("probabilities", "defect_score", "heatmap")

    def __init__(self) -> None:
        self.free = threading.Event()
        self.free.set()
        self.batches: list[int] = []

    def run(
        self, photos: npt.NDArray[np.uint8], outputs: Sequence[str]
    ) -> dict[str, npt.NDArray[np.float32]]:
        """As `okng.inference.sessions.Session`.

        Raises:
            ModelFileError: a photo of the batch is dark.
        """
        self.batches.append(len(photos))
        self.free.wait(10)
        means = photos.mean((1, 2, 3))
        if (means < DARK).any():
            raise ModelFileError("onnxruntime refuses the model: no memory")
        score = np.where(means > BRIGHT, np.nan, means / 255).astype(np.float32)
        results: dict[str, npt.NDArray[np.float32]] = {
            "probabilities": np.stack([1 - score, score], 1),
            "defect_score": score,
            "heatmap": (photos[..., 0] / 255).astype(np.float32),
        }
        return {name: results[name] for name in outputs}
