"""A station on ECS Fargate: always there, with records in PostgreSQL and photos in S3."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

import urllib3

from okng.deploy.aws.account import Account
from okng.deploy.aws.bucket import MODELS
from okng.deploy.aws.costs import PHOTOS, Item, hourly
from okng.deploy.aws.sample import Answer, Sample, read_answer
from okng.deploy.aws.targets.target import Content, Place, image_of
from okng.error_codes import Code
from okng.errors import ConfigError, DeployError
from okng.runs.layout import MODEL
from okng.wording import mark

_PATH = "/api/v1/inspections"
_PORT = 443
_ALARMS = 5
_ENDPOINTS = 4 * 2
"""Four services in two zones."""
_ADDRESSES = 2
"""Of the balancer, one a zone."""
_FILES_GB = 1


@dataclass(frozen=True, kw_only=True)
class Ecs:
    """A station and its options; see the parameters of `ecs.yaml`.

    Attributes:
        image: in ECR; None in a plan.
        host: name by which it is reached; None in a plan.
        certificate: ARN of its certificate; None in a plan.
        allowed: addresses that may reach it; None in a plan.
        cpu: units, 1024 for a vCPU.
        memory_mb: of the task.
        database: kind of its instance.
        storage_gb: of the database.
        two_zones: whether a second database stands by.
        email: that gets the alarms.
        api_key: of the station, to judge the sample photo; None before there is one.
        port: of the balancer; tests have one of their own.
        authorities: file with certificates that are trusted; those of the system if None.
    """

    image: str | None = None
    host: str | None = None
    certificate: str | None = None
    allowed: str | None = None
    cpu: int = 1024
    memory_mb: int = 2048
    database: str = "db.t4g.small"
    storage_gb: int = 20
    two_zones: bool = False
    email: str | None = None
    api_key: str | None = None
    port: int = _PORT
    authorities: str | None = None

    kind = "ecs"
    service = "ecs"
    template = "ecs.yaml"
    most_bytes = None

    @property
    def conditions(self) -> frozenset[str]:
        """Of the template."""
        return frozenset({"SendsMail"} if self.email else ())

    def upload(self, content: Content) -> tuple[str, bytes]:
        """The model file, under the address that the station follows."""
        return f"{MODELS}live/{MODEL}", content.model

    def parameters(self, place: Place) -> dict[str, str]:
        """Of the template.

        Raises:
            ConfigError: host, certificate or addresses are missing, and so would be in a plan, once
                it is to be created.
        """
        image = image_of(self.image, place.region)
        if self.image is not None:
            self._check_given()
        return {
            "Name": place.name,
            "ImageUri": image.uri,
            "ImageRepository": image.repository,
            "ModelUrl": place.model_url,
            "BucketName": place.bucket,
            "KeyArn": place.key,
            "Host": self.host or "HOST",
            "CertificateArn": self.certificate or "CERTIFICATE",
            "AllowedCidr": self.allowed or "ADDRESSES",
            "Cpu": str(self.cpu),
            "Memory": str(self.memory_mb),
            "DatabaseClass": self.database,
            "DatabaseStorage": str(self.storage_gb),
            "TwoZones": str(self.two_zones).lower(),
            "AlarmEmail": self.email or "",
        }

    def rest(self) -> Sequence[Item]:
        """All but the photos: it is there all day."""
        databases = 2 if self.two_zones else 1
        return (
            hourly(mark("CPUs of the task"), "fargate.cpu", self.cpu / 1024),
            hourly(mark("memory of the task"), "fargate.memory", self.memory_mb / 1024),
            hourly(mark("endpoints of the network"), "endpoint", _ENDPOINTS),
            hourly(mark("load balancer"), "balancer"),
            hourly(mark("addresses of the balancer"), "address", _ADDRESSES),
            hourly(mark("database"), self.database, databases),
            Item(mark("storage of the database"), "database.storage", databases * self.storage_gb),
            Item(mark("folder of the station"), "files", _FILES_GB),
            Item(mark("key"), "key", 1),
            Item(mark("secret"), "secret", 1),
            Item(mark("alarms"), "alarm", _ALARMS),
        )

    def photos(self, content: Content) -> Sequence[Item]:
        """Photos are stored, which is a choice of the station (`records.photos`)."""
        size = content.photo_gb
        return (
            Item(mark("photos through the balancer"), "balancer.unit", PHOTOS * size),
            Item(mark("storing photos"), "s3.put", PHOTOS),
            Item(mark("stored photos, a month"), "s3.storage", PHOTOS * size),
        )

    def ask(self, account: Account, outputs: Mapping[str, str], sample: Sample) -> Answer | None:  # noqa: ARG002 - part of the contract
        """A request to the balancer by its own name, under the certificate of the host.

        The name of the host need not point there yet. Without an API key there is no answer: the
        first admin makes one on the page of the station.
        """
        if self.api_key is None:
            return None
        host, address = outputs["Host"], outputs["Address"]
        begin = time.perf_counter()
        status, body = self._posted(host, address, sample, self.api_key)
        seconds = time.perf_counter() - begin
        if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            raise DeployError(
                "The station does not accept the API key",
                where=f"https://{host}{_PATH}",
                hint="Make one with the scope judge on its page, and give it in OKNG_API_KEY.",
                code=Code.LOGIN_NEEDED,
            )
        return read_answer(body, seconds, f"https://{host}{_PATH}")

    def _posted(self, host: str, address: str, sample: Sample, key: str) -> tuple[int, bytes]:
        headers = {"Host": host, "Content-Type": sample.media_type,
                   "Authorization": f"Bearer {key}"}  # fmt: skip
        try:
            with urllib3.HTTPSConnectionPool(
                address, self.port, server_hostname=host, assert_hostname=host, timeout=60,
                retries=False, ca_certs=self.authorities,
            ) as pool:  # fmt: skip
                answer = pool.request("POST", _PATH, body=sample.content, headers=headers)
                return answer.status, answer.data
        except urllib3.exceptions.HTTPError as exc:
            raise DeployError(
                f"The station does not answer: {exc}",
                where=f"https://{host}{_PATH}",
                hint="Check the certificate, and that `allowed` has the address of this machine.",
                code=Code.CLOUD_UNREACHABLE,
            ) from exc

    def _check_given(self) -> None:
        needed = {"host": self.host, "certificate": self.certificate, "allowed": self.allowed}
        missing = [f"`{name}`" for name, value in needed.items() if not value]
        if missing:
            raise ConfigError(
                f"A station in ECS needs {' and '.join(missing)}",
                where="okng deploy aws ecs",
                hint="Give its host name, its certificate in ACM, and who may reach it.",
                code=Code.SETTINGS_INVALID,
            )
