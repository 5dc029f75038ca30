"""The settings of a Lambda function: no disk that lasts, no login, and 6 MB a request.

AWS checks who asks, before the function is called. It may be ended after any answer, and a hundred
of it may run at once: nothing is stored in its files.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from okng.config import StationSettings, Store
from okng.config.station import RecordsFailure, RecordsSection
from okng.errors import ConfigError
from okng.serve.hosted import MODEL, behind_platform, on_platform

PHOTO_BYTES = 4_500_000
"""A photo, at most. AWS takes 6,291,456 bytes a request, and its base64 makes 6,000,000 of them."""


def lambda_model(env: Mapping[str, str] = os.environ) -> Path:
    """The model file that the environment names.

    Raises:
        ConfigError: it names none.
    """
    if not env.get(MODEL):
        raise ConfigError(
            "No model is given",
            where=f"the environment variable {MODEL}",
            allowed="a model file of the image, or the folder of its run",
            hint=f"Copy `inspector.onnx` into the image, and set {MODEL} to its path.",
        )
    return Path(env[MODEL])


def lambda_settings(given: StationSettings) -> StationSettings:
    """The settings of a function.

    Args:
        given: by variables of the environment.

    Raises:
        ConfigError: records or photos are to be stored in files, or a model is to be followed.
    """
    if given.models.follow is not None:
        raise ConfigError(
            "A Lambda function cannot follow a model: it stands still between two requests",
            where="models.follow",
            hint="Publish a new version of the function with the other model.",
        )
    most_mb = min(given.server.body_mb, PHOTO_BYTES / 1e6)
    return given.model_copy(
        update={
            "server": behind_platform(given.server, body_mb=most_mb),
            "station": on_platform(given.station),
            "records": _records(given.records),
            # one request at a time: a second session would only prolong the cold start
            "models": given.models.model_copy(update={"sessions": given.models.sessions or 1}),
            # each of a hundred functions would learn a camera of its own
            "drift": given.drift.model_copy(update={"watch": False}),
        }
    )


def _records(given: RecordsSection) -> RecordsSection:
    if given.no_records or given.database is None:
        return given.model_copy(update={"no_records": True})
    if not given.database.startswith("postgresql"):
        raise ConfigError(
            "A Lambda function has no disk that lasts, and so no SQLite for its records",
            where="records.database",
            allowed="postgresql://USER:PASSWORD@HOST/DATABASE",
            hint="Name a PostgreSQL database, or none: verdicts are then only answered.",
        )
    if given.photos is not Store.NONE and "://" not in (given.photo_store or ""):
        raise ConfigError(
            "A Lambda function has no disk that lasts, and so no folder for its photos",
            where="records.photo_store",
            allowed="s3://BUCKET/PREFIX",
            hint="Name a bucket, or set `records.photos` to none.",
        )
    # a spool would be a file of the function
    return given.model_copy(update={"on_failure": RecordsFailure.REFUSE})
