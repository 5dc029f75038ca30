"""S3 by moto's server, in this process."""

import os
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

BUCKET = "okng-models"
_REGION = "eu-central-1"


@contextmanager
def stand_in() -> Iterator[Any]:
    """A client of S3 whose server runs meanwhile; boto3 finds it by the environment.

    The bucket `BUCKET` is there, and empty.
    """
    import boto3  # noqa: PLC0415 - of the development environment
    from moto.server import ThreadedMotoServer  # noqa: PLC0415

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    variables = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}", "AWS_DEFAULT_REGION": _REGION,
        "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_MAX_ATTEMPTS": "1",
    }  # fmt: skip
    try:
        with patch.dict(os.environ, variables):
            _empty(variables["AWS_ENDPOINT_URL"])
            client = boto3.session.Session().client("s3")
            client.create_bucket(
                Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": _REGION}
            )
            yield client
    finally:
        server.stop()


def _empty(address: str) -> None:
    """Moto's servers of one process share their buckets."""
    reset = urllib.request.Request(f"{address}/moto-api/reset", b"", method="POST")  # noqa: S310
    urllib.request.urlopen(reset, timeout=30).close()  # noqa: S310 - on loopback
