"""A stand-in for AWS in this process, and a deployment's content on a real model file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
from moto.core.responses import BaseResponse
from moto.sagemakerruntime.responses import SageMakerRuntimeResponse
from moto.server import ThreadedMotoServer

from moto_stand_in import TakenTemplates, delete_for_good
from okng.deploy.aws.account import Account, account
from okng.deploy.aws.deploying import Deployments
from okng.deploy.aws.plan import content_of
from okng.deploy.aws.targets import Content
from okng.deploy.aws.targets.sagemaker import SageMaker
from okng.testing import RecordingProgress, grey_photo

REGION = "us-east-1"
IMAGE = f"123456789012.dkr.ecr.{REGION}.amazonaws.com/okng/sagemaker@sha256:{'a' * 64}"


def _with_raw_body(
    self: SageMakerRuntimeResponse, request: Any, full_url: str, headers: Any, **_options: Any
) -> None:
    """As moto, which reads every body as text, and so fails on a photo."""
    BaseResponse.setup_class(self, request, full_url, headers, use_raw_body=True)


def _invoked(self: SageMakerRuntimeResponse) -> Any:
    """As moto, which writes the body of each request as JSON."""
    name = self.path.split("/")[2]
    body, kind, *_ = self.sagemakerruntime_backend.invoke_endpoint(name, self.body[:4])
    return 200, {"Content-Type": kind}, body


@pytest.fixture(scope="session")
def moto() -> Iterator[str]:
    """The address of moto's server."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture
def aws(moto: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[TakenTemplates]:
    """An empty account; templates reach it without what moto does not have."""
    requests.post(f"{moto}/moto-api/reset", timeout=30)
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {
        "AWS_ENDPOINT_URL": moto,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": "/nowhere/config",
        "AWS_SHARED_CREDENTIALS_FILE": "/nowhere/credentials",
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(SageMakerRuntimeResponse, "invoke_endpoint", _invoked)
    monkeypatch.setattr(SageMakerRuntimeResponse, "setup_class", _with_raw_body)
    delete_for_good(monkeypatch)
    taken = TakenTemplates()
    plain = boto3.Session

    def session(**options: str | None) -> boto3.Session:
        made = plain(**options)
        made.events.register("provide-client-params.cloudformation.CreateStack", taken.reduce)
        return made

    monkeypatch.setattr("okng.deploy.aws.account.boto3.Session", session)
    yield taken
    requests.post(f"{moto}/moto-api/reset", timeout=30)


@pytest.fixture
def opened(aws: TakenTemplates) -> Account:
    """The account."""
    return account(REGION, None, "sagemaker")


@pytest.fixture
def progress() -> RecordingProgress:
    """Remembers what it is told."""
    return RecordingProgress()


@pytest.fixture
def deployments(opened: Account, progress: RecordingProgress) -> Deployments:
    """Deployments that do not wait between two questions."""
    return Deployments(opened, progress, pause=lambda _seconds: None)


@pytest.fixture(scope="session")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sample photo."""
    path = tmp_path_factory.mktemp("photo") / "part.png"
    path.write_bytes(grey_photo(120, size=64))
    return path


@pytest.fixture(scope="session")
def content(exported: Path, photo: Path) -> Content:
    """A packed model, and the verdict of the sample photo on this machine."""
    return content_of(exported, photo)


@pytest.fixture
def endpoint() -> SageMaker:
    """A SageMaker endpoint with an image."""
    return SageMaker(image=IMAGE)
