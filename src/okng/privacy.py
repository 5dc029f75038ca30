"""Switches that keep the libraries below okng from reporting to their makers.

`import okng` sets them first of all: each is read once, when its library is loaded. Processes that
okng starts inherit them. They are set whatever the environment holds, since the documentation
promises that nothing leaves the plant.
"""

import os
import sys
from typing import Any

SWITCHES = {
    "ORT_DISABLE_TELEMETRY": "1",  # onnxruntime >= 1.29 on Linux and macOS: device number, events
    "HF_HUB_DISABLE_TELEMETRY": "1",  # huggingface_hub, below timm
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "RAY_USAGE_STATS_ENABLED": "0",  # Ray: on by default, also in every worker
    "DO_NOT_TRACK": "true",  # the agreed name that MLflow, huggingface_hub and others read
}
"""Environment variables by name."""
_TELEMETRY_OF_OPENVINO = "openvino_telemetry"


def keep_private() -> None:
    """Switch off the telemetry of every library that okng may load."""
    os.environ.update(SWITCHES)


def load_openvino() -> Any:
    """The package openvino, loaded without its package of telemetry.

    That one has no switch of its own: `import openvino` sends an event to a service of statistics
    and leaves a client number in the user's home, but for where `CI` is set. Where the package is
    missing, openvino does without it, so it is hidden while openvino is loaded.

    Raises:
        ModuleNotFoundError: openvino is not installed.
    """
    hidden = _TELEMETRY_OF_OPENVINO not in sys.modules
    if hidden:
        sys.modules[_TELEMETRY_OF_OPENVINO] = None  # type: ignore[assignment]
    try:
        import openvino  # noqa: PLC0415 - heavy, and an extra
    finally:
        if hidden:
            del sys.modules[_TELEMETRY_OF_OPENVINO]
    return openvino
