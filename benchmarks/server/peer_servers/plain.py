"""What a program writes by itself: FastAPI and onnxruntime, one photo after the other."""

import os
import sys

import fastapi
import onnxruntime
import uvicorn
from decoding import OUTPUTS, decoded
from fastapi.concurrency import run_in_threadpool

app = fastapi.FastAPI()
session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
name = session.get_inputs()[0].name


def score(data: bytes) -> float:
    """The defect score of one photo."""
    outputs = session.run(OUTPUTS, {name: decoded(data)[None]})
    return float(outputs[0].reshape(-1)[0])


@app.post("/judge")
async def judge(photo: fastapi.UploadFile) -> dict[str, float]:
    """The score of a photo."""
    return {"defect_score": await run_in_threadpool(score, await photo.read())}


@app.get("/readyz")
def ready() -> dict[str, bool]:
    """It is loaded before it listens."""
    return {"ready": True}


if __name__ == "__main__":
    uvicorn.run(
        app, host="127.0.0.1", port=int(os.environ["PORT"]), access_log=False, log_level="warning"
    )
