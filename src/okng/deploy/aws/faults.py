"""Errors of AWS -> one error of okng, with the way out.

AWS has several names for one fault, and names for several faults; the reasons of a failed stack are
sentences. Both are mapped here, and nowhere else.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from types import MappingProxyType
from typing import NamedTuple

from botocore import exceptions as boto
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from okng.error_codes import Code
from okng.errors import DeployError


class _Way(NamedTuple):
    """What a code of okng means here, and the next step."""

    what: str
    hint: str


_WAYS = {
    Code.CLOUD_CREDENTIALS: _Way(
        "AWS does not accept the credentials",
        "Log in again, as with `aws sso login` or `aws configure`, and repeat the command.",
    ),
    Code.CLOUD_DENIED: _Way(
        "The credentials do not have the right to do this",
        "Ask who administers the account for the right that is named, or give another `profile`.",
    ),
    Code.CLOUD_QUOTA: _Way(
        "A quota of the account is reached",
        "Ask for more in Service Quotas of the AWS console, or choose less: another instance "
        "type, fewer at most, or another region.",
    ),
    Code.CLOUD_NAME_TAKEN: _Way(
        "The name is taken",
        "Give another `name`, or remove what has it: the same command with --delete.",
    ),
    Code.CLOUD_BUSY: _Way(
        "AWS has no room at the moment, or asks for a pause", "Repeat the command later."
    ),
    Code.CLOUD_TIMEOUT: _Way(
        "AWS did not finish in time",
        "Look into the events of the stack in the AWS console, and repeat the command.",
    ),
    Code.CLOUD_REGION: _Way(
        "The region does not take this", "Give another `region`, or enable it in the account."
    ),
    Code.CLOUD_UNREACHABLE: _Way(
        "AWS does not answer", "Check network, proxy and region, and repeat the command."
    ),
    Code.CLOUD_FAILED: _Way(
        "AWS refuses the request", "Correct what is named, and repeat the command."
    ),
}

_CODES: dict[str, Code] = {
    **dict.fromkeys(
        ("ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired",
         "InvalidClientTokenId", "InvalidAccessKeyId", "UnrecognizedClientException",
         "SignatureDoesNotMatch", "InvalidSignatureException", "AuthFailure", "InvalidToken",
         "IncompleteSignature", "MissingAuthenticationToken", "NotAuthorized"),
        Code.CLOUD_CREDENTIALS,
    ),
    **dict.fromkeys(
        ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "Forbidden", "403",
         "UnauthorizedAccess", "InsufficientCapabilitiesException", "KMSAccessDeniedException"),
        Code.CLOUD_DENIED,
    ),
    **dict.fromkeys(
        ("LimitExceeded", "LimitExceededException", "ResourceLimitExceeded", "TooManyBuckets",
         "ServiceQuotaExceededException", "ServiceLimitExceeded", "VpcLimitExceeded",
         "InstanceLimitExceeded", "CodeStorageExceededException"),
        Code.CLOUD_QUOTA,
    ),
    **dict.fromkeys(
        ("AlreadyExistsException", "EntityAlreadyExists", "ResourceAlreadyExistsException",
         "BucketAlreadyExists", "BucketAlreadyOwnedByYou", "ResourceConflictException",
         "ResourceInUse", "ResourceExistsException"),
        Code.CLOUD_NAME_TAKEN,
    ),
    **dict.fromkeys(
        ("Throttling", "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded",
         "SlowDown", "ServiceUnavailable", "InternalFailure", "InsufficientInstanceCapacity"),
        Code.CLOUD_BUSY,
    ),
    **dict.fromkeys(
        ("OptInRequired", "SubscriptionRequiredException", "InvalidLocationConstraint",
         "IllegalLocationConstraintException", "RegionDisabledException"),
        Code.CLOUD_REGION,
    ),
}  # fmt: skip
"""Codes of `ClientError`, of all services that are called."""

_REASONS: tuple[tuple[str, Code], ...] = (
    (r"not authorized to perform|access denied|accessdenied|permissions? to", Code.CLOUD_DENIED),
    (r"service limit|limitexceeded|limit exceeded|quota|maximum number of", Code.CLOUD_QUOTA),
    (r"already exists|already in use|must be unique", Code.CLOUD_NAME_TAKEN),
    (r"exceeded the specified timeout|timed out", Code.CLOUD_TIMEOUT),
    (r"insufficient ?(instance)?capacity|rate exceeded|throttl", Code.CLOUD_BUSY),
    (r"security token|token .*expired|expired", Code.CLOUD_CREDENTIALS),
    (r"not (available|supported) in (this|the) region|unrecognized resource type",
     Code.CLOUD_REGION),
)  # fmt: skip
"""Words of the reasons of CloudFormation, in this order."""

_LOCAL: tuple[tuple[type[BotoCoreError], Code], ...] = (
    (boto.NoCredentialsError, Code.CLOUD_CREDENTIALS),
    (boto.PartialCredentialsError, Code.CLOUD_CREDENTIALS),
    (boto.CredentialRetrievalError, Code.CLOUD_CREDENTIALS),
    (boto.TokenRetrievalError, Code.CLOUD_CREDENTIALS),
    (boto.UnauthorizedSSOTokenError, Code.CLOUD_CREDENTIALS),
    (boto.SSOError, Code.CLOUD_CREDENTIALS),
    (boto.ProfileNotFound, Code.CLOUD_CREDENTIALS),
    (boto.NoRegionError, Code.CLOUD_REGION),
    (boto.InvalidRegionError, Code.CLOUD_REGION),
    (boto.HTTPClientError, Code.CLOUD_UNREACHABLE),
    (boto.ConnectionError, Code.CLOUD_UNREACHABLE),
)
"""Errors of the AWS library itself: nothing was asked of AWS."""
_MESSAGES = MappingProxyType(
    {
        boto.NoCredentialsError: "There are no credentials for AWS",
        boto.NoRegionError: "No region is given",
    }
)


@contextmanager
def aws_errors(doing: str) -> Iterator[None]:
    """Raise errors of AWS inside the block as errors of okng.

    Args:
        doing: what was asked of AWS, such as `create the stack okng-castings`.

    Raises:
        DeployError: in place of any error of the AWS library.
    """
    try:
        yield
    except ClientError as exc:
        raise of_answer(exc, doing) from exc
    except BotoCoreError as exc:
        raise _of_library(exc, doing) from exc
    except ResponseParserError as exc:
        text = "Something that is not AWS answers in its place, such as a proxy"
        hint = _WAYS[Code.CLOUD_UNREACHABLE].hint
        raise DeployError(text, where=doing, hint=hint, code=Code.CLOUD_UNREACHABLE) from exc


def of_answer(error: ClientError, doing: str) -> DeployError:
    """The error for an answer of AWS."""
    answer = error.response.get("Error", {})
    name, message = str(answer.get("Code", "")), str(answer.get("Message", ""))
    code = _CODES.get(name) or _code_of(message)
    return _error(code, doing, f"{message.rstrip('.')} [{name}]" if message else f"[{name}]")


def of_reason(reason: str, doing: str) -> DeployError:
    """The error for the reason with which CloudFormation gave up a resource."""
    return _error(_code_of(reason), doing, reason.rstrip("."))


def _code_of(text: str) -> Code:
    """The code that words of a message stand for."""
    lower = text.lower()
    return next((code for words, code in _REASONS if re.search(words, lower)), Code.CLOUD_FAILED)


def _of_library(error: BotoCoreError, doing: str) -> DeployError:
    code = next((code for cls, code in _LOCAL if isinstance(error, cls)), Code.CLOUD_FAILED)
    known = _MESSAGES.get(type(error))
    way = _WAYS[code]
    if isinstance(error, boto.NoRegionError):
        hint = "Give `region`, or set AWS_REGION."
    elif isinstance(error, boto.NoCredentialsError):
        hint = "Log in with `aws sso login` or `aws configure`, or give a `profile`."
    else:
        hint = way.hint
    return DeployError(known or f"{way.what}: {error}", where=doing, hint=hint, code=code)


def _error(code: Code, doing: str, message: str) -> DeployError:
    way = _WAYS[code]
    return DeployError(f"{way.what}: {message}", where=doing, hint=way.hint, code=code)
