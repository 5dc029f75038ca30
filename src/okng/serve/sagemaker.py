"""The contract of Amazon SageMaker for a container: what it is asked, and with which settings.

SageMaker runs the image with the one argument `serve`, asks `GET /ping` and `POST /invocations` on
port 8080, and keeps no header but a few of its own: serial number and idempotency key come in them.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote

from starlette.datastructures import Headers

from okng.config import StationSettings
from okng.errors import ConfigError

MODEL_FOLDER = Path("/opt/ml/model")
"""Where SageMaker unpacks the model; it may not be written to."""
_FOLDER = Path("/tmp/okng-station")  # noqa: S108 - the one place of the container that is writable
_PORT = "SAGEMAKER_BIND_TO_PORT"  # the port that SageMaker names, 8080 where it does not
_ATTRIBUTES = "x-amzn-sagemaker-custom-attributes"
# one of the few headers that SageMaker hands on (facts.md 1.5)
_INFERENCE_ID = "x-amzn-sagemaker-inference-id"
_NAMES = frozenset({"serial", "station", "batch", "product", "model"})


def sagemaker_model(folder: Path = MODEL_FOLDER) -> Path:
    """The model file of the container.

    Raises:
        ConfigError: there is none, so this is no container of SageMaker either.
    """
    files = sorted(folder.rglob("*.onnx")) if folder.is_dir() else []
    if len(files) != 1:
        raise ConfigError(
            "No model is given" if not files else f"{folder} holds {len(files)} model files",
            where="models",
            allowed=f"a model file or the folder of a run; in SageMaker one file in {folder}",
            hint="Give the `inspector.onnx` of a run.",
        )
    return files[0]


def sagemaker_settings(
    given: StationSettings, env: Mapping[str, str] = os.environ
) -> StationSettings:
    """The settings of a container: without login, since SageMaker checks who asks.

    Args:
        given: by file, variables and flags.
        env: variables of the process.
    """
    server = given.server.model_copy(
        update={
            "host": "0.0.0.0",  # noqa: S104 - only SageMaker reaches the container
            "port": int(env.get(_PORT, "8080")),
            "no_auth": True,
            "trusted_hosts": "*",
            "rate_limit": "1000000/second",
            "client_queue": given.server.queue,  # all requests come from one address
        }
    )
    station = given.station
    if "folder" not in station.model_fields_set:
        station = station.model_copy(update={"folder": _FOLDER})
    return given.model_copy(update={"server": server, "station": station})


def carried(headers: Headers) -> dict[str, str]:
    """What the headers of SageMaker carry about a photo.

    `X-Amzn-SageMaker-Custom-Attributes: serial=A-7,batch=B%2C1` and the inference id, which is the
    idempotency key. Anything else in the attributes is left alone.
    """
    # name=value, name=value: at most 1024 characters, of ASCII (facts.md 1.5)
    pairs = headers.get(_ATTRIBUTES, "").replace(";", ",").split(",")
    named = {
        name.strip().lower(): unquote(value.strip())
        for name, mark, value in (pair.partition("=") for pair in pairs)
        if mark
    }
    # others belong to the caller's own programs
    about = {name: value for name, value in named.items() if name in _NAMES and value}
    if key := headers.get(_INFERENCE_ID):
        about["idempotency_key"] = key
    return about
