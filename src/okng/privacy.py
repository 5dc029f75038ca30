"""Switches that keep the libraries below okng from reporting to their makers.

`import okng` sets them first of all: each is read once, when its library is loaded. Processes that
okng starts inherit them. They are set whatever the environment holds, since the documentation
promises that nothing leaves the plant.
"""

import os

SWITCHES = {
    "ORT_DISABLE_TELEMETRY": "1",  # onnxruntime >= 1.29 on Linux and macOS: device number, events
    "HF_HUB_DISABLE_TELEMETRY": "1",  # huggingface_hub, below timm
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",  # the agreed name that MLflow, huggingface_hub and others read
}
"""Environment variables by name."""


def keep_private() -> None:
    """Switch off the telemetry of every library that okng may load."""
    os.environ.update(SWITCHES)
