"""Photos in a bucket of S3, by boto3: where a function or a task of AWS has no disk that lasts."""

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from okng.error_codes import Code
from okng.errors import OkngError

_GONE = ("404", "NoSuchKey", "NotFound")


def is_bucket(where: str) -> bool:
    """Whether boto3 reads this address: S3, and no package of fsspec for it is installed."""
    if not where.startswith("s3://") or importlib.util.find_spec("s3fs") is not None:
        return False
    return importlib.util.find_spec("boto3") is not None


class Bucket:
    """Files below an address, by checked relative paths. To be used from any thread.

    Credentials and region come from the environment.

    Args:
        url: `s3://bucket/photos`.
    """

    def __init__(self, url: str) -> None:
        import boto3  # noqa: PLC0415 - an extra
        import botocore.exceptions  # noqa: PLC0415

        self._url, parts = url, urlsplit(url)
        self._bucket, self._prefix = parts.netloc, parts.path.strip("/")
        self._faults: Any = botocore.exceptions
        with self._mapped():
            self._client: Any = boto3.session.Session().client("s3")

    def write(self, path: str, content: bytes) -> None:
        """Write a file; it is there as a whole or not at all."""
        with self._mapped():
            self._client.put_object(Bucket=self._bucket, Key=self._key(path), Body=content)

    def read(self, path: str) -> bytes:
        """The content of a file."""
        with self._mapped():
            answer = self._client.get_object(Bucket=self._bucket, Key=self._key(path))
            return bytes(answer["Body"].read())

    def size(self, path: str) -> int | None:
        """Bytes of a file; None where nothing is."""
        try:
            with self._mapped():
                head = self._client.head_object(Bucket=self._bucket, Key=self._key(path))
        except FileNotFoundError:
            return None
        return int(head["ContentLength"])

    def remove(self, path: str) -> None:
        """Delete a file."""
        with self._mapped():
            self._client.delete_object(Bucket=self._bucket, Key=self._key(path))

    def usage(self) -> int:
        """Bytes of all files."""
        with self._mapped():
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=self._key("")
            )
            return sum(int(item["Size"]) for page in pages for item in page.get("Contents", []))

    def _key(self, path: str) -> str:
        return f"{self._prefix}/{path}" if self._prefix else path

    @contextmanager
    def _mapped(self) -> Iterator[None]:
        """Errors of boto3, as the store of photos has them."""
        try:
            yield
        except self._faults.ClientError as exc:
            code = str(exc.response.get("Error", {}).get("Code", ""))
            if code in _GONE:
                raise FileNotFoundError(2, "no such object", self._url) from exc
            raise self._failed(f"S3 answers {code}") from exc
        except self._faults.BotoCoreError as exc:
            raise self._failed(str(exc)) from exc

    def _failed(self, what: str) -> OkngError:
        return OkngError(
            what,
            where=self._url,
            hint="Check the bucket, and the role of the station: s3:GetObject, s3:PutObject, "
            "s3:DeleteObject, and s3:ListBucket of the bucket.",
            code=Code.PHOTO_STORE,
        )
