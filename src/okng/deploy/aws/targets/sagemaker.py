"""A SageMaker endpoint: instances behind one address, which come and go with the load."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from okng.deploy.aws.account import Account
from okng.deploy.aws.archive import NAME as ARCHIVE
from okng.deploy.aws.bucket import MODELS
from okng.deploy.aws.costs import PHOTOS, Item, hourly
from okng.deploy.aws.faults import aws_errors
from okng.deploy.aws.sample import Answer, Sample, read_answer
from okng.deploy.aws.targets.target import NOBODY, Content, Place, check_network, image_of
from okng.wording import mark

_ALARMS = 5
"""Three of the template, and two that scaling makes for itself."""
_PHOTO_GB = 0.001
"""A photo without a sample: 1 MB."""


@dataclass(frozen=True, kw_only=True)
class SageMaker:
    """An endpoint and its options; see the parameters of `sagemaker.yaml`.

    Attributes:
        image: in ECR; None in a plan.
        instance: kind of the instances.
        least: instances at rest.
        most: instances under load.
        per_minute: photos on each instance that scaling aims at.
        capture_percent: share of requests that are stored.
        email: that gets the alarms.
        network: VPC of the callers, which get an endpoint of their own there; None for none.
        subnets: of that VPC, one a zone.
        callers: security group of the callers.
    """

    image: str | None = None
    instance: str = "ml.c7i.large"
    least: int = 1
    most: int = 4
    per_minute: int = 3800
    capture_percent: int = 10
    email: str | None = None
    network: str | None = None
    subnets: Sequence[str] = ()
    callers: str | None = None

    kind = "sagemaker"
    service = "sagemaker"
    template = "sagemaker.yaml"

    @property
    def conditions(self) -> frozenset[str]:
        """Of the template."""
        held = {"SendsMail": self.email, "HasNetwork": self.network}
        return frozenset(name for name, value in held.items() if value)

    def upload(self, content: Content) -> tuple[str, bytes]:
        """The archive, under the digest of the model in it."""
        return f"{MODELS}{content.archive.model_digest}/{ARCHIVE}", content.archive.content

    def parameters(self, place: Place) -> dict[str, str]:
        """Of the template."""
        image = image_of(self.image, place.region)
        check_network(self.network, self.subnets, self.callers)
        return {
            "Name": place.name,
            "ImageUri": image.uri,
            "ImageRepository": image.repository,
            "ModelUrl": place.model_url,
            "BucketName": place.bucket,
            "KeyArn": place.key,
            "InstanceType": self.instance,
            "LeastInstances": str(self.least),
            "MostInstances": str(self.most),
            "InvocationsPerMinute": str(self.per_minute),
            "CapturePercent": str(self.capture_percent),
            "AlarmEmail": self.email or "",
            "VpcId": self.network or "",
            "SubnetIds": ",".join(self.subnets),
            "CallerGroup": self.callers or NOBODY,
        }

    def rest(self) -> Sequence[Item]:
        """Instances above all."""
        zones = len(self.subnets) if self.network else 0
        return (
            hourly(mark("instances"), self.instance, self.least),
            Item(mark("key"), "key", 1),
            Item(mark("alarms"), "alarm", _ALARMS),
            hourly(mark("endpoint in the network of the callers"), "endpoint", zones),
        )

    def photos(self, content: Content) -> Sequence[Item]:
        """Data through the endpoint; a captured request is one object at most."""
        size = content.sample.gigabytes if content.sample else _PHOTO_GB
        stored = PHOTOS * self.capture_percent / 100
        return (
            Item(mark("data through the endpoint"), "sagemaker.data", PHOTOS * size),
            Item(mark("storing captured requests"), "s3.put", stored),
            # captured photos are base64 in JSON: four thirds of their size
            Item(mark("captured requests, a month"), "s3.storage", stored * size * 4 / 3),
        )

    def ask(self, account: Account, outputs: Mapping[str, str], sample: Sample) -> Answer:
        """`InvokeEndpoint` with the bytes of the photo."""
        name = outputs["EndpointName"]
        client = account.client("sagemaker-runtime")
        begin = time.perf_counter()
        with aws_errors(f"judge a photo with the endpoint {name}"):
            answer = client.invoke_endpoint(
                EndpointName=name,
                Body=sample.content,
                ContentType=sample.media_type,
                Accept="application/json",
            )
            body = answer["Body"].read()
        return read_answer(body, time.perf_counter() - begin, name)
