"""An object of S3, with the credentials and the region of the environment."""

from typing import Any, BinaryIO, cast
from urllib.parse import unquote, urlsplit

from okng.connect.following.contents import Content, broken
from okng.error_codes import Code
from okng.errors import ConfigError, ConnectError

_NOT_MODIFIED = ("304", "NotModified")
_REASONS = {
    "NoSuchBucket": "there is no such bucket",
    "NoSuchKey": "the bucket has no such object",
    "404": "the bucket has no such object",
    "AccessDenied": "the role or user of the station may not read it (s3:GetObject)",
    "403": "the role or user of the station may not read it (s3:GetObject)",
    "ExpiredToken": "the credentials of the station have expired",
    "InvalidAccessKeyId": "AWS does not know the access key of the station",
    "SignatureDoesNotMatch": "the secret key of the station is wrong, or its clock is",
    "PermanentRedirect": "the bucket is in another region",
}


def opened_object(url: str, known: str) -> Content | None:
    """The object of an address; None where it is the known one.

    Raises:
        ConnectError: S3 cannot be reached, or refuses it.
        ConfigError: boto3 is not installed.
    """
    boto3, faults = _library()
    parts = urlsplit(url)
    asked: dict[str, Any] = {"Bucket": parts.netloc, "Key": unquote(parts.path.lstrip("/"))}
    if known:
        asked["IfNoneMatch"] = known
    try:
        answer = boto3.session.Session().client("s3").get_object(**asked)
    except faults.ClientError as exc:
        code = str(exc.response.get("Error", {}).get("Code", ""))
        if code in _NOT_MODIFIED:
            return None
        raise broken(url, _REASONS.get(code, f"S3 answers {code}")) from exc
    except faults.NoCredentialsError as exc:
        raise _no_credentials(url) from exc
    except faults.BotoCoreError as exc:
        raise broken(url, str(exc)) from exc
    return Content(answer["ETag"], cast("BinaryIO", answer["Body"]), answer["ContentLength"])


def _library() -> tuple[Any, Any]:
    try:
        import boto3  # noqa: PLC0415 - an extra
        import botocore.exceptions  # noqa: PLC0415
    except ModuleNotFoundError as exc:
        raise ConfigError(
            "A model in S3 needs the package boto3, which is not installed",
            where="models.follow",
            hint="pip install 'okng[aws]'",
            code=Code.LIBRARY_MISSING,
        ) from exc
    return boto3, botocore.exceptions


def _no_credentials(url: str) -> ConnectError:
    return ConnectError(
        "The followed model cannot be fetched: there are no credentials for AWS",
        where=url,
        hint="Give the machine a role, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
        code=Code.CONNECT_LOGIN,
    )
