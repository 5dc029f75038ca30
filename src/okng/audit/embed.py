"""What a network pretrained on other photos sees in these: through onnxruntime, without torch."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime

from okng import preprocess
from okng.progress import Advance

_BATCH = 16  # larger ones are no quicker, and take hundreds of MB


def embed(paths: Sequence[Path], model: Path, advance: Advance) -> npt.NDArray[np.float32]:
    """Embeddings of photos.

    Args:
        paths: the photos.
        model: an ONNX file that takes `photo`, uint8 (N, S, S, 3), and gives `embedding`, float32
            (N, D); see `okng.export.write_embedder`.
        advance: called with the photos done.

    Returns:
        float32 (N, D).

    Raises:
        PhotoError: a photo vanished.
    """
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    side = int(session.get_inputs()[0].shape[1])
    rows = []
    for begin in range(0, len(paths), _BATCH):
        part = paths[begin : begin + _BATCH]
        photos = np.stack([preprocess.shrink(preprocess.read(path), side) for path in part])
        rows.append(session.run(["embedding"], {"photo": photos})[0])
        advance(len(part))
    return np.concatenate(rows)
