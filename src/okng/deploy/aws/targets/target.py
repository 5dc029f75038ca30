"""The contract of a target."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from okng.deploy.aws.account import Account
from okng.deploy.aws.archive import Archive
from okng.deploy.aws.costs import Item, hourly
from okng.deploy.aws.sample import Answer, Sample
from okng.error_codes import Code
from okng.errors import ConfigError
from okng.wording import mark

# 123456789012.dkr.ecr.eu-central-1.amazonaws.com/okng/station:0.1 or @sha256:...
_IMAGE = re.compile(
    r"(?P<account>\d{12})\.dkr[.-]ecr\.(?P<region>[a-z0-9-]+)\.(?:amazonaws|on)\.[a-z.]+"
    r"/(?P<repository>[a-z0-9][a-z0-9._/-]*)(?P<version>:[\w.-]+|@sha256:[0-9a-f]{64})"
)
NO_IMAGE = "ACCOUNT.dkr.ecr.REGION.amazonaws.com/REPOSITORY@sha256:DIGEST"
"""Stands in a plan without an image."""
_NOBODY = "sg-00000000"
"""A security group that does not exist, where there are no callers in a network."""

_PHOTO_GB = 0.001
"""A photo without a sample: 1 MB."""


class Content(NamedTuple):
    """What is deployed.

    Attributes:
        archive: the packed model.
        model: the model file itself.
        sample: to compare verdicts with; None in a plan without one.
        here: the verdict of this machine; None without a sample.
    """

    archive: Archive
    model: bytes
    sample: Sample | None
    here: Answer | None

    @property
    def photo_gb(self) -> float:
        """Size of a photo, in GB of 1e9 bytes: that of the sample, if there is one."""
        return self.sample.gigabytes if self.sample else _PHOTO_GB


class Place(NamedTuple):
    """Where it is deployed.

    Attributes:
        name: of the deployment.
        region: of AWS.
        bucket: of the store.
        key: ARN of the key of the store.
        model_url: of what was stored of the model; empty for nothing.
    """

    name: str
    region: str
    bucket: str
    key: str
    model_url: str


class Target(Protocol):
    """A kind of deployment. It creates nothing itself: it says what its template needs."""

    @property
    def kind(self) -> str:
        """Its verb, such as `sagemaker`."""
        ...

    @property
    def image(self) -> str | None:
        """The image in ECR; None in a plan."""
        ...

    @property
    def service(self) -> str:
        """The service that the region must have, by its name in boto3."""
        ...

    @property
    def template(self) -> str:
        """The file of its template."""
        ...

    @property
    def conditions(self) -> frozenset[str]:
        """Conditions of the template that hold with these options."""
        ...

    @property
    def most_bytes(self) -> int | None:
        """Bytes of a photo that it takes; None where only the station limits them."""
        ...

    def upload(self, content: Content) -> tuple[str, bytes] | None:
        """Key and content of what is stored in the bucket; None for nothing."""
        ...

    def parameters(self, place: Place) -> Mapping[str, str]:
        """Parameters of the template.

        Raises:
            ConfigError: the image is none of ECR.
        """
        ...

    def rest(self) -> Sequence[Item]:
        """What costs each month, without a photo."""
        ...

    def photos(self, content: Content) -> Sequence[Item]:
        """What 1,000 photos cost."""
        ...

    def ask(self, account: Account, outputs: Mapping[str, str], sample: Sample) -> Answer | None:
        """Judge the sample photo through the deployment; None where it takes no photo yet.

        Raises:
            DeployError: it does not answer, or with no verdict.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Called:
    """Options of a target that programs in a network call.

    Attributes:
        email: that gets the alarms.
        network: VPC of the callers; None for none.
        subnets: of that VPC, one a zone.
        callers: security group of the callers.
    """

    email: str | None = None
    network: str | None = None
    subnets: Sequence[str] = ()
    callers: str | None = None

    @property
    def conditions(self) -> frozenset[str]:
        """Of the template."""
        held = {"SendsMail": self.email, "HasNetwork": self.network}
        return frozenset(name for name, value in held.items() if value)

    def shared_parameters(self) -> dict[str, str]:
        """Of the template.

        Raises:
            ConfigError: the network is named in part.
        """
        _check_network(self.network, self.subnets, self.callers)
        return {
            "AlarmEmail": self.email or "",
            "VpcId": self.network or "",
            "SubnetIds": ",".join(self.subnets),
            "CallerGroup": self.callers or _NOBODY,
        }

    def endpoint(self) -> Item:
        """The endpoint in the network of the callers, one a zone."""
        zones = len(self.subnets) if self.network else 0
        return hourly(mark("endpoint in the network of the callers"), "endpoint", zones)


class Image(NamedTuple):
    """An image in ECR.

    Attributes:
        uri: with tag or digest.
        repository: its ARN.
    """

    uri: str
    repository: str


def _check_network(network: str | None, subnets: Sequence[str], callers: str | None) -> None:
    """Refuse a network of callers that is named in part.

    Raises:
        ConfigError: one of the three is given, and another is missing.
    """
    given = (network, subnets, callers)
    if any(given) and not all(given):
        raise ConfigError(
            "The network of the callers is named in part",
            where="network",
            allowed="`network`, `subnet` and `callers` together, or none of them",
            hint="Give the VPC, its subnets, and the security group of the callers.",
            code=Code.SETTINGS_INVALID,
        )


def image_of(uri: str | None, region: str) -> Image:
    """Read the address of an image; without one, words that stand for it in a plan.

    Args:
        uri: of the image.
        region: of the deployment, from which SageMaker and Lambda take images alone.

    Raises:
        ConfigError: it is no image of ECR with tag or digest, or stands in another region.
    """
    if uri is None:
        return Image(NO_IMAGE, "arn:aws:ecr:REGION:ACCOUNT:repository/REPOSITORY")
    match = _IMAGE.fullmatch(uri)
    if match is None:
        raise ConfigError(
            f"{uri} is no image in a repository of ECR",
            where="image",
            allowed=f"such as {NO_IMAGE}",
            hint="Push the image to ECR of your account, and give its address with tag or digest.",
            code=Code.SETTINGS_INVALID,
        )
    if match["region"] != region:
        raise ConfigError(
            f"The image stands in {match['region']}, and the deployment in {region}",
            where="image",
            hint="Push the image to ECR of that region, or give another `region`.",
            code=Code.SETTINGS_INVALID,
        )
    part = "aws-cn" if match["region"].startswith("cn-") else "aws"
    arn = f"arn:{part}:ecr:{match['region']}:{match['account']}:repository/{match['repository']}"
    return Image(uri, arn)
