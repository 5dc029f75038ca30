"""Errors of AWS become one sentence with the way out."""

import socket
from pathlib import Path

import pytest
from botocore import exceptions as boto
from botocore.exceptions import BotoCoreError, ClientError

from moto_stand_in import TakenTemplates
from okng.deploy.aws.account import Account, account
from okng.deploy.aws.deploying import Deployments
from okng.deploy.aws.faults import aws_errors, of_reason
from okng.deploy.aws.targets import Content
from okng.deploy.aws.targets.sagemaker import SageMaker
from okng.error_codes import Code
from okng.errors import DeployError, outcome
from okng.testing import RecordingProgress

CODES = [
    ("ExpiredToken", "The security token included in the request is expired",
     Code.CLOUD_CREDENTIALS),
    ("InvalidClientTokenId", "The security token included in the request is invalid.",
     Code.CLOUD_CREDENTIALS),
    ("AccessDenied", ("User: arn:aws:iam::1:user/a is not authorized to perform: "
     "cloudformation:CreateStack"), Code.CLOUD_DENIED),
    ("AccessDeniedException", "not authorized to perform sagemaker:InvokeEndpoint",
     Code.CLOUD_DENIED),
    ("ResourceLimitExceeded", "The account-level service limit is 0", Code.CLOUD_QUOTA),
    ("LimitExceededException", "Limit for stack has been exceeded", Code.CLOUD_QUOTA),
    ("TooManyBuckets", "You have attempted to create more buckets", Code.CLOUD_QUOTA),
    ("AlreadyExistsException", "Stack [okng-a] already exists", Code.CLOUD_NAME_TAKEN),
    ("BucketAlreadyExists", "The requested bucket name is not available",
     Code.CLOUD_NAME_TAKEN),
    ("ThrottlingException", "Rate exceeded", Code.CLOUD_BUSY),
    ("OptInRequired", "You are not subscribed to this service", Code.CLOUD_REGION),
    ("ValidationError", "Template format error", Code.CLOUD_FAILED),
    ("ValidationError", "role is not authorized to perform: ecr:BatchGetImage",
     Code.CLOUD_DENIED),
]  # fmt: skip
REASONS = [
    (("Resource handler returned message: \"The account-level service limit 'ml.c7i.large for "
     "endpoint usage' is 0 Instances\""), Code.CLOUD_QUOTA),
    ("User is not authorized to perform: iam:CreateRole", Code.CLOUD_DENIED),
    ("okng-castings already exists in stack arn:aws:cloudformation", Code.CLOUD_NAME_TAKEN),
    ("We currently do not have sufficient capacity: InsufficientInstanceCapacity",
     Code.CLOUD_BUSY),
    ("Stack creation time exceeded the specified timeout. Resource creation cancelled",
     Code.CLOUD_TIMEOUT),
    ("The primary container did not pass the ping health check", Code.CLOUD_FAILED),
]  # fmt: skip
LOCAL: list[tuple[BotoCoreError, Code]] = [
    (boto.NoCredentialsError(), Code.CLOUD_CREDENTIALS),
    (boto.PartialCredentialsError(provider="env", cred_var="secret"), Code.CLOUD_CREDENTIALS),
    (boto.ProfileNotFound(profile="plant"), Code.CLOUD_CREDENTIALS),
    (boto.UnauthorizedSSOTokenError(), Code.CLOUD_CREDENTIALS),
    (boto.NoRegionError(), Code.CLOUD_REGION),
    (boto.EndpointConnectionError(endpoint_url="https://sts"), Code.CLOUD_UNREACHABLE),
    (boto.ReadTimeoutError(endpoint_url="https://sts"), Code.CLOUD_UNREACHABLE),
    (boto.ProxyConnectionError(proxy_url="http://proxy"), Code.CLOUD_UNREACHABLE),
]


@pytest.mark.parametrize(("name", "message", "code"), CODES)
def test_answers_of_aws_have_codes_of_okng(name: str, message: str, code: Code) -> None:
    """With what AWS said, what was asked of it, and the next step."""
    error = ClientError({"Error": {"Code": name, "Message": message}}, "CreateStack")

    with pytest.raises(DeployError) as caught, aws_errors("create the stack okng-a"):
        raise error

    assert caught.value.code is code
    assert message.rstrip(".") in caught.value.what
    assert name in caught.value.what
    assert caught.value.where == "create the stack okng-a"
    assert caught.value.hint


@pytest.mark.parametrize(("reason", "code"), REASONS)
def test_reasons_of_a_failed_stack_have_codes(reason: str, code: Code) -> None:
    """CloudFormation gives a sentence alone."""
    error = of_reason(reason, "create the stack okng-a")

    assert error.code is code
    assert reason.rstrip(".") in error.what


@pytest.mark.parametrize(("error", "code"), LOCAL)
def test_errors_before_aws_is_asked_have_codes(error: BotoCoreError, code: Code) -> None:
    """No credentials, no region, no network."""
    with pytest.raises(DeployError) as caught, aws_errors("find out who asks"):
        raise error

    assert caught.value.code is code
    assert caught.value.hint


def test_error_is_one_sentence_and_its_aspects() -> None:
    """No traceback, and no second paragraph."""
    error = ClientError({"Error": {"Code": "ExpiredToken", "Message": "It is expired."}}, "A")

    with pytest.raises(DeployError) as caught, aws_errors("find out who asks"):
        raise error

    first, *others = caught.value.message.splitlines()
    assert first == "AWS does not accept the credentials: It is expired [ExpiredToken]"
    assert [line.split(":")[0].strip() for line in others] == ["where", "next"]


def test_cloud_errors_end_with_exit_code_5() -> None:
    """As all errors of something that is not there do."""
    assert outcome(DeployError).exit_code == 5


def test_no_region_is_an_error(aws: TakenTemplates, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything else."""
    monkeypatch.delenv("AWS_DEFAULT_REGION")

    with pytest.raises(DeployError) as caught:
        account(None, None, "sagemaker")

    assert caught.value.code is Code.CLOUD_REGION


@pytest.mark.parametrize("region", ["eu-central-11", "frankfurt"])
def test_unknown_region_is_refused_with_others(aws: TakenTemplates, region: str) -> None:
    """AWS is not asked."""
    with pytest.raises(DeployError, match="is no region") as caught:
        account(region, None, "sagemaker")

    assert caught.value.allowed


def test_region_without_the_service_is_refused(aws: TakenTemplates) -> None:
    """By the list of boto3: this service ended in most regions."""
    from boto3 import Session  # noqa: PLC0415

    session = Session()
    everywhere = set(session.get_available_regions("ec2"))
    service = next(
        name for name in ("lookoutequipment", "sms-voice", "iotevents", "cloudhsm")
        if everywhere - set(session.get_available_regions(name))
        and session.get_available_regions(name)
    )  # fmt: skip
    region = min(everywhere - set(session.get_available_regions(service)))

    with pytest.raises(DeployError, match=f"does not have {service}") as caught:
        account(region, None, service)

    assert caught.value.code is Code.CLOUD_REGION


def test_unknown_profile_is_an_error(aws: TakenTemplates, tmp_path: Path) -> None:
    """It is named."""
    with pytest.raises(DeployError, match="plant-7") as caught:
        account("us-east-1", "plant-7", "sagemaker")

    assert caught.value.code is Code.CLOUD_CREDENTIALS


def test_missing_credentials_are_an_error(
    aws: TakenTemplates,
    monkeypatch: pytest.MonkeyPatch,
    content: Content,
    endpoint: SageMaker,
) -> None:
    """Nothing was created."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    deployments = _deployments(account("us-east-1", None, "sagemaker"))

    with pytest.raises(DeployError, match="no credentials") as caught:
        deployments.create("castings", endpoint, content)

    assert caught.value.code is Code.CLOUD_CREDENTIALS


def test_unreachable_aws_is_an_error(
    aws: TakenTemplates,
    monkeypatch: pytest.MonkeyPatch,
    content: Content,
    endpoint: SageMaker,
) -> None:
    """A plant without the internet gets a sentence."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{unused.getsockname()[1]}")
        monkeypatch.setattr("okng.deploy.aws.account._CONFIG", None)
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
        deployments = _deployments(account("us-east-1", None, "sagemaker"))

        with pytest.raises(DeployError) as caught:
            deployments.create("castings", endpoint, content)

    assert caught.value.code is Code.CLOUD_UNREACHABLE


def _deployments(opened: Account) -> Deployments:
    return Deployments(opened, RecordingProgress(), pause=lambda _seconds: None)
