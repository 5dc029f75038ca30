"""A Lambda function behind a URL that takes signed requests only."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.httpsession import URLLib3Session
from botocore.utils import get_environ_proxies

from okng.deploy.aws.account import Account
from okng.deploy.aws.costs import PHOTOS, Item
from okng.deploy.aws.faults import aws_errors
from okng.deploy.aws.sample import Answer, Sample, read_answer
from okng.deploy.aws.targets.target import Called, Content, Place, image_of
from okng.error_codes import Code
from okng.errors import DeployError
from okng.wording import mark

_PATH = "api/v1/inspections"
_ALARMS = 4
_SECONDS = 0.3
"""Of a photo, where there is no sample to measure; cautious for a network of 224 pixels."""


@dataclass(frozen=True, kw_only=True)
class Function(Called):
    """A function and its options; see the parameters of `lambda.yaml`.

    Attributes:
        image: in ECR, with the model in it; None in a plan.
        memory_mb: the share of CPUs follows it.
        most: photos at once; 0 leaves it to the account.
        network: VPC of callers that call the function, not its URL; None for none.
    """

    image: str | None = None
    memory_mb: int = 3008
    most: int = 20

    kind = "lambda"
    service = "lambda"
    template = "lambda.yaml"
    most_bytes = 4_500_000  # AWS takes 6,291,456 after base64, which adds a third, and headers

    @property
    def conditions(self) -> frozenset[str]:
        """Of the template."""
        return super().conditions | ({"IsLimited"} if self.most else frozenset())

    def upload(self, content: Content) -> None:  # noqa: ARG002 - part of the contract
        """Nothing: the model is in the image."""
        return

    def parameters(self, place: Place) -> dict[str, str]:
        """Of the template."""
        shared = self.shared_parameters()
        return {
            "Name": place.name,
            "ImageUri": image_of(self.image, place.region).uri,
            "KeyArn": place.key,
            "MemorySize": str(self.memory_mb),
            "MostAtOnce": str(self.most),
            **shared,
        }

    def rest(self) -> Sequence[Item]:
        """A function at rest costs nothing itself."""
        return (
            Item(mark("key"), "key", 1),
            Item(mark("alarms"), "alarm", _ALARMS),
            self.endpoint(),
        )

    def photos(self, content: Content) -> Sequence[Item]:
        """Requests and computing; a photo takes as long as here, or `_SECONDS`."""
        seconds = _SECONDS if content.here is None else content.here.seconds
        text = (
            mark("computing, 0.3 s a photo: give a sample photo for its own time")
            if content.here is None
            else mark("computing, as long a photo as on this machine")
        )
        gigabytes = self.memory_mb / 1024
        return (
            Item(mark("requests"), "lambda.request", PHOTOS),
            Item(text, "lambda.compute", PHOTOS * gigabytes * seconds),
        )

    def ask(self, account: Account, outputs: Mapping[str, str], sample: Sample) -> Answer:
        """A request to the URL of the function, signed with the credentials of the account."""
        url = f"{outputs['FunctionUrl'].rstrip('/')}/{_PATH}"
        begin = time.perf_counter()
        with aws_errors(f"judge a photo with {url}"):
            session = URLLib3Session(timeout=70, proxies=get_environ_proxies(url))
            answer = session.send(_signed(account, url, sample).prepare())
            status, body = answer.status_code, bytes(answer.content)
        seconds = time.perf_counter() - begin
        if status == HTTPStatus.FORBIDDEN:
            raise DeployError(
                f"The URL of the function refuses the request: {body.decode('utf-8', 'replace')}",
                where=url,
                hint="Attach the policy of the output CallerPolicy to who asks.",
                code=Code.CLOUD_DENIED,
            )
        return read_answer(body, seconds, url)


def _signed(account: Account, url: str, sample: Sample) -> AWSRequest:
    """A request with a signature of version 4, of which the content is part."""
    request = AWSRequest("POST", url, {"Content-Type": sample.media_type}, sample.content)
    with aws_errors("sign a request"):
        SigV4Auth(account.session.get_credentials(), "lambda", account.region).add_auth(request)
    return request
