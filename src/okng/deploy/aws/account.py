"""An account and region of AWS: clients, and whether the region has what is needed."""

import difflib
from typing import Any, NamedTuple

import boto3
from botocore.config import Config

from okng.deploy.aws.faults import aws_errors
from okng.error_codes import Code
from okng.errors import DeployError

_CONFIG = Config(
    retries={"mode": "standard", "max_attempts": 5},
    connect_timeout=10,
    read_timeout=70,  # an endpoint has 60 s to answer
    user_agent_extra="okng",
)


class Account(NamedTuple):
    """Who asks AWS, and where.

    Attributes:
        session: of boto3; holds credentials and region.
        region: such as `eu-central-1`.
    """

    session: Any
    region: str

    def client(self, service: str) -> Any:
        """A client of a service.

        Raises:
            DeployError: no credentials.
        """
        with aws_errors(f"open {service}"):
            return self.session.client(service, region_name=self.region, config=_CONFIG)

    def number(self) -> str:
        """The number of the account, which also shows that AWS accepts the credentials.

        Raises:
            DeployError: AWS does not accept them, or there are none.
        """
        client = self.client("sts")
        with aws_errors("find out who asks"):
            return str(client.get_caller_identity()["Account"])


def account(region: str | None, profile: str | None, service: str) -> Account:
    """Open an account; nothing is asked of AWS yet.

    Args:
        region: of AWS; that of the environment or the profile if not given.
        profile: of the configuration of AWS.
        service: that the region must have, by its name in boto3.

    Raises:
        DeployError: no region is given, there is no such region, it does not have the service, or
            there is no such profile.
    """
    with aws_errors("read the configuration"):
        session = boto3.Session(profile_name=profile, region_name=region)
    chosen = session.region_name
    if not chosen:
        raise DeployError(
            "No region is given",
            where="region",
            hint="Give `region`, such as eu-central-1, or set AWS_REGION.",
            code=Code.CLOUD_REGION,
        )
    _check_region(session, str(chosen), service)
    return Account(session, str(chosen))


def _check_region(session: Any, region: str, service: str) -> None:
    """Refuse a region without the service, by the list that boto3 brings: AWS is not asked."""
    known = _regions(session, "ec2")
    having = _regions(session, service)
    if region in having:
        return
    near = difflib.get_close_matches(region, having, n=3, cutoff=0.5)
    what = f"{region} does not have {service}" if region in known else f"{region} is no region"
    raise DeployError(
        f"{what}, after the list of the installed boto3",
        where="region",
        allowed=", ".join(near or having[:3]),
        hint="Give another `region`; a newer boto3 may know more of them.",
        code=Code.CLOUD_REGION,
    )


def _regions(session: Any, service: str) -> list[str]:
    partitions = session.get_available_partitions()
    return sorted(
        region
        for partition in partitions
        for region in session.get_available_regions(service, partition_name=partition)
    )
