"""A Lambda function on a stand-in for AWS; its URL is a station behind a check of signatures."""

import http.client
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from moto_stand_in import TakenTemplates, left_over
from okng.deploy.aws.account import Account
from okng.deploy.aws.deploying import Deployments
from okng.deploy.aws.sample import Sample
from okng.deploy.aws.targets import Content
from okng.deploy.aws.targets.function import Function
from okng.error_codes import Code
from okng.errors import DeployError
from okng.serve.running import beside
from okng.station import opened as open_station
from okng.testing import station_settings

REGION = "us-east-1"
IMAGE = f"123456789012.dkr.ecr.{REGION}.amazonaws.com/okng/lambda:0.1"
NOT_IN_MOTO = {
    "AWS::Lambda::Url",
    "AWS::CloudWatch::Alarm",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::Subscription",
}
"""As docs/explanations/cloud-not-run.md lists it."""


class _Url(ThreadingHTTPServer):
    """As a function URL with IAM: it checks the signature, and passes the request on.

    Args:
        behind: address of the station.
    """

    def __init__(self, behind: str) -> None:
        super().__init__(("127.0.0.1", 0), _Request)
        self.behind = behind

    @property
    def address(self) -> str:
        """As the output of the stack has it."""
        return f"http://127.0.0.1:{self.server_address[1]}/"


class _Request(BaseHTTPRequestHandler):
    """One request to the URL."""

    server: _Url

    def do_POST(self) -> None:
        """Answer 403 for another signature than the right one, else what the station answers."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not self._is_signed(body):
            self._answer(403, b'{"Message":"Forbidden"}')
            return
        parts = urlsplit(self.server.behind)
        assert parts.hostname is not None
        connection = http.client.HTTPConnection(parts.hostname, parts.port or 80, timeout=30)
        connection.request("POST", self.path, body, {"Content-Type": self.headers["Content-Type"]})
        answer = connection.getresponse()
        self._answer(answer.status, answer.read())
        connection.close()

    def _is_signed(self, body: bytes) -> bool:
        """Sign the same request at the same time with the right secret, and compare."""
        given = self.headers.get("Authorization", "")
        url = f"http://{self.headers['Host']}{self.path}"
        headers = {"Content-Type": self.headers["Content-Type"]}
        request = AWSRequest("POST", url, headers, body)
        request.context["timestamp"] = self.headers.get("X-Amz-Date", "")
        signer = SigV4Auth(Credentials("testing", "testing"), "lambda", REGION)
        request.headers["X-Amz-Date"] = self.headers.get("X-Amz-Date", "")
        signature = signer.signature(
            signer.string_to_sign(request, signer.canonical_request(request)), request
        )
        return given.endswith(f"Signature={signature}") and f"/{REGION}/lambda/" in given

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Nothing on stderr."""


@pytest.fixture
def url(exported: Path, tmp_path: Path) -> Iterator[_Url]:
    """A URL before a station with the model file."""
    settings = station_settings(tmp_path / "station", server={"port": 0},
                                records={"no_records": True})  # fmt: skip
    with open_station(settings, [exported]) as station, beside(station, settings) as started:
        server = _Url(started.address.replace("localhost", "127.0.0.1"))
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        server.server_close()
        thread.join(30)


@pytest.fixture
def reached(url: _Url, aws: TakenTemplates) -> _Url:
    """The same, as the output of the stack."""
    aws.outputs["FunctionUrl"] = url.address
    return url


def test_function_judges_as_this_machine(
    deployments: Deployments, content: Content, reached: _Url
) -> None:
    """By a signed request to its URL; the score is the same to the last digit kept on record."""
    deployed = deployments.create("castings", Function(image=IMAGE), content)

    assert deployed.here is not None
    assert deployed.there is not None
    assert deployed.there.verdict == deployed.here.verdict
    assert deployed.there.defect_score == pytest.approx(deployed.here.defect_score, abs=1e-9)
    functions = boto3.client("lambda", region_name=REGION).list_functions()["Functions"]
    assert [each["FunctionName"] for each in functions] == ["okng-castings"]


def test_removed_function_leaves_nothing(
    deployments: Deployments, content: Content, reached: _Url
) -> None:
    """As for every kind of deployment."""
    before = left_over(REGION)
    deployments.create("castings", Function(image=IMAGE), content)

    deployments.delete("castings")

    assert left_over(REGION) == before


def test_unsigned_caller_is_refused(
    opened: Account, content: Content, url: _Url, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error names the policy that the caller lacks."""
    monkeypatch.setattr(
        "okng.deploy.aws.targets.function.SigV4Auth",
        lambda *_arguments: SigV4Auth(Credentials("other", "other"), "lambda", REGION),
    )
    assert content.sample is not None

    with pytest.raises(DeployError) as caught:
        Function(image=IMAGE).ask(opened, {"FunctionUrl": url.address}, content.sample)

    assert caught.value.code is Code.CLOUD_DENIED
    assert "CallerPolicy" in str(caught.value.hint)


def test_photo_beyond_the_limit_is_refused_before_anything_is_created(
    deployments: Deployments, content: Content
) -> None:
    """AWS would answer 413 without a word, from a deployment that stands."""
    assert content.sample is not None
    large = content._replace(sample=Sample(content.sample.path, bytes(5_000_000)))

    for act in (deployments.create, deployments.check):
        with pytest.raises(DeployError) as caught:
            act("castings", Function(image=IMAGE), large)
        assert caught.value.code is Code.REQUEST_TOO_LARGE
    assert boto3.client("cloudformation", region_name=REGION).list_stacks()["StackSummaries"] == []


def test_what_moto_lacks_of_lambda_is_listed(
    deployments: Deployments, content: Content, reached: _Url, aws: TakenTemplates
) -> None:
    """On the page of what was not run."""
    deployments.create("castings", Function(image=IMAGE), content)

    page = Path(__file__).parents[2] / "docs" / "explanations" / "cloud-not-run.md"
    assert aws.missing == NOT_IN_MOTO
    assert all(kind in page.read_text("utf-8") for kind in aws.missing)
