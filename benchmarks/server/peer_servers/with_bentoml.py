"""BentoML with its adaptive batching, up to 8 photos; one worker."""

import os

import bentoml
import numpy as np
import onnxruntime
from decoding import OUTPUTS
from PIL import Image


@bentoml.service(workers=1, traffic={"timeout": 60}, endpoints={"readyz": "/readyz"})
class Inspector:
    """okng's model file behind BentoML's own batching."""

    def __init__(self) -> None:
        """Load the model."""
        self.session = onnxruntime.InferenceSession(
            os.environ["MODEL"], providers=["CPUExecutionProvider"]
        )
        self.name = self.session.get_inputs()[0].name

    @bentoml.api(batchable=True, max_batch_size=8, max_latency_ms=60000)
    def judge(self, photos: list[Image.Image]) -> list[float]:
        """Scores of a batch of photos of one size."""
        pixels = np.stack([np.asarray(photo.convert("RGB")) for photo in photos])
        outputs = self.session.run(OUTPUTS, {self.name: pixels})[0]
        return [float(value) for value in outputs.reshape(-1)]
