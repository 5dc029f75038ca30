"""The contract of Amazon SageMaker for a container: what it is asked, and with which settings.

SageMaker runs the image with the one argument `serve`, asks `GET /ping` and `POST /invocations` on
port 8080, and keeps no header but a few of its own: serial number and idempotency key come in them.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote

from starlette.datastructures import Headers

from okng.config import StationSettings, Store
from okng.config.station import RecordsSection, ServerSection
from okng.error_codes import Code
from okng.errors import ConfigError, StationError
from okng.inference.processors import cores
from okng.modelfile.archives import only_model
from okng.serve.hosted import MODEL, behind_platform, on_platform

MODEL_FOLDER = Path("/opt/ml/model")
"""Where SageMaker unpacks the model; it may not be written to."""
_PORT = "SAGEMAKER_BIND_TO_PORT"  # the port that SageMaker names, 8080 where it does not
JSON = "application/json"
_LINES = ("application/jsonlines", "application/x-ndjson")
_ATTRIBUTES = "x-amzn-sagemaker-custom-attributes"
# one of the few headers that SageMaker hands on (facts.md 1.5)
_INFERENCE_ID = "x-amzn-sagemaker-inference-id"
_BATCH, _PAYLOAD = "SAGEMAKER_BATCH", "SAGEMAKER_MAX_PAYLOAD_IN_MB"
REAL_TIME_BYTES = 6_291_456
"""Of a request to a real-time endpoint, at most (InvokeEndpoint of botocore)."""
_MB, _MOST_MB = 1 << 20, 100  # MaxPayloadInMB of a batch transform is 100 at most
_STOP_S = 25.0  # SageMaker kills a container 30 s after SIGTERM
_NAMES = frozenset({"serial", "station", "batch", "product", "model"})


def sagemaker_model(folder: Path | None = None, env: Mapping[str, str] = os.environ) -> Path:
    """The model file of the container.

    Args:
        folder: that SageMaker unpacked `model.tar.gz` into; that of the environment variable
            OKNG_MODEL if None, or `/opt/ml/model`.
        env: variables of the process.

    Raises:
        ConfigError: there is no such folder, so this is no container of SageMaker either.
        ModelFileError: it holds no model file, or more than one.
    """
    place = folder or Path(env.get(MODEL) or MODEL_FOLDER)
    if place.is_file():
        return place
    if not place.is_dir():
        raise ConfigError(
            "No model is given",
            where="models",
            allowed=f"a model file or the folder of a run; in SageMaker one file in {place}",
            hint="Give the `inspector.onnx` of a run.",
        )
    return only_model(place, place)


def sagemaker_settings(
    given: StationSettings, env: Mapping[str, str] = os.environ
) -> StationSettings:
    """The settings of a container: without login, since SageMaker checks who asks.

    Args:
        given: by file, variables and flags.
        env: variables of the process.
    """
    server = behind_platform(
        given.server,
        host="0.0.0.0",  # noqa: S104 - only SageMaker reaches the container
        port=int(env.get(_PORT, "8080")),
        body_mb=_most_bytes(given.server, env) / 1e6,
        stop_timeout=min(given.server.stop_timeout, _STOP_S),
    )
    station, records = on_platform(given.station), _for_a_while(given.records)
    return given.model_copy(update={"server": server, "station": station, "records": records})


def _most_bytes(server: ServerSection, env: Mapping[str, str]) -> float:
    """Bytes of a request: as the job of a batch transform has it, else as set, else real-time's."""
    payload = env.get(_PAYLOAD, "") if env.get(_BATCH, "").lower() == "true" else ""
    if payload.isdecimal():
        return (int(payload) or _MOST_MB) * _MB  # 0 stands for no limit of the job's own
    return server.body_mb * 1e6 if "body_mb" in server.model_fields_set else REAL_TIME_BYTES


def _for_a_while(given: RecordsSection) -> RecordsSection:
    """Records in the container serve repeats of a request, and must not fill its disk."""
    short = {"photos": Store.NONE, "keep_days": 1, "keep_rejected_days": 1}
    own = {name: value for name, value in short.items() if name not in given.model_fields_set}
    return given if given.database is not None else given.model_copy(update=own)


def concurrent_transforms(queue: int) -> int:
    """Requests that a batch transform may send at once: two for each core, and never too many."""
    return max(1, min(queue, 2 * cores()))


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


def accepted(header: str | None) -> str:
    """The form of an answer that a header `Accept` takes: JSON, or a line of JSON.

    Raises:
        StationError: it takes neither.
    """
    ranges = [each.partition(";")[0].strip().lower() for each in (header or "*/*").split(",")]
    if not set(ranges).isdisjoint(("", "*/*", "application/*", JSON)):
        return JSON
    for form in _LINES:
        if form in ranges:
            return form
    raise StationError(
        f"An answer in the form {(header or '')[:200]!a} is not made here",
        where="Accept",
        allowed=", ".join((JSON, *_LINES)),
        hint="Ask for one of these, or leave `Accept` out.",
        code=Code.REQUEST_ACCEPT,
    )
