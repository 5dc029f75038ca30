"""LitServe with batches of up to 8 photos that wait at most 10 ms; one worker."""

import os
import sys

import litserve
import numpy as np
import onnxruntime
from decoding import OUTPUTS, decoded
from fastapi import UploadFile


class Inspector(litserve.LitAPI):
    """okng's model file behind LitServe's own batching."""

    def setup(self, device: str) -> None:  # noqa: ARG002 - the interface of LitServe
        """Load the model."""
        self.session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
        self.name = self.session.get_inputs()[0].name

    def decode_request(self, request: UploadFile) -> np.ndarray:
        """The photo as uint8 (H, W, 3)."""
        return decoded(request.file.read())

    def batch(self, inputs: list[np.ndarray]) -> np.ndarray:
        """Photos of one size."""
        return np.stack(inputs)

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Scores of a batch."""
        return self.session.run(OUTPUTS, {self.name: x})[0]

    def unbatch(self, output: np.ndarray) -> list[float]:
        """One score each."""
        return list(output.reshape(-1))

    def encode_response(self, output: float) -> dict:
        """As JSON."""
        return {"defect_score": float(output)}


if __name__ == "__main__":
    server = litserve.LitServer(
        Inspector(max_batch_size=8, batch_timeout=0.01),
        accelerator="cpu",
        workers_per_device=1,
        healthcheck_path="/readyz",
        track_requests=False,
    )
    server.run(
        host="127.0.0.1",
        port=int(os.environ["PORT"]),
        num_api_servers=1,
        generate_client_file=False,
        log_level="warning",
    )
