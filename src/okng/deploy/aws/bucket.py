"""The bucket of a deployment: the model goes in; at the end everything goes out."""

from collections.abc import Iterator
from typing import Any

from okng.deploy.aws.account import Account
from okng.deploy.aws.faults import aws_errors
from okng.error_codes import Code
from okng.errors import DeployError

MODELS = "models/"
"""What okng itself puts into the bucket; all else is data of the line."""
_MOST = 1000
"""Objects that one request may delete."""


class Bucket:
    """A bucket of the store.

    Args:
        account: to ask.
        name: of the bucket.
    """

    def __init__(self, account: Account, name: str) -> None:
        self._client, self.name = account.client("s3"), name

    def put(self, key: str, content: bytes) -> str:
        """Store an object, encrypted with the key of the bucket, and return its URL.

        S3 checks the content against its SHA-256 on arrival.

        Raises:
            DeployError: AWS refuses it.
        """
        with aws_errors(f"store {key} in the bucket {self.name}"):
            self._client.put_object(
                Bucket=self.name,
                Key=key,
                Body=content,
                ChecksumAlgorithm="SHA256",
                ServerSideEncryption="aws:kms",
            )
        return f"s3://{self.name}/{key}"

    def has_data(self) -> bool:
        """Whether it holds more than models: captured requests, photos of records."""
        return any(not key.startswith(MODELS) for key in self._keys())

    def empty(self, prefix: str = "") -> None:
        """Delete all objects below a prefix, with all of their versions.

        Raises:
            DeployError: some are left.
        """
        batch: list[dict[str, str]] = []
        for version in self._versions(prefix):
            batch.append(version)
            if len(batch) == _MOST:
                self._delete(batch)
                batch = []
        if batch:
            self._delete(batch)

    def _delete(self, batch: list[dict[str, str]]) -> None:
        with aws_errors(f"empty the bucket {self.name}"):
            answer = self._client.delete_objects(
                Bucket=self.name, Delete={"Objects": batch, "Quiet": True}
            )
        if errors := answer.get("Errors"):
            first = errors[0]
            raise DeployError(
                f"{len(errors)} objects cannot be deleted; {first['Key']}: {first['Message']}",
                where=self.name,
                hint="Ask for the right s3:DeleteObjectVersion, and repeat --delete.",
                code=Code.CLOUD_DENIED,
            )

    def _keys(self) -> Iterator[str]:
        for page in self._pages("list_objects_v2", ""):
            yield from (str(each["Key"]) for each in page.get("Contents", []))

    def _versions(self, prefix: str) -> Iterator[dict[str, str]]:
        for page in self._pages("list_object_versions", prefix):
            for each in (*page.get("Versions", []), *page.get("DeleteMarkers", [])):
                yield {"Key": each["Key"], "VersionId": each["VersionId"]}

    def _pages(self, call: str, prefix: str) -> Iterator[dict[str, Any]]:
        with aws_errors(f"list the bucket {self.name}"):
            pages = self._client.get_paginator(call).paginate(Bucket=self.name, Prefix=prefix)
            yield from pages
