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
from okng.deploy.aws.targets.target import Called, Content, Place, image_of
from okng.wording import mark

_ALARMS = 5
"""Three of the template, and two that scaling makes for itself."""


@dataclass(frozen=True, kw_only=True)
class SageMaker(Called):
    """An endpoint and its options; see the parameters of `sagemaker.yaml`.

    Attributes:
        image: in ECR; None in a plan.
        instance: kind of the instances.
        least: instances at rest.
        most: instances under load.
        per_minute: photos on each instance that scaling aims at.
        capture_percent: share of requests that are stored.
    """

    image: str | None = None
    instance: str = "ml.c7i.large"
    least: int = 1
    most: int = 4
    per_minute: int = 3800
    capture_percent: int = 10

    kind = "sagemaker"
    service = "sagemaker"
    template = "sagemaker.yaml"
    most_bytes = 6_291_456  # of a request to an endpoint that answers at once

    def upload(self, content: Content) -> tuple[str, bytes]:
        """The archive, under the digest of the model in it."""
        return f"{MODELS}{content.archive.model_digest}/{ARCHIVE}", content.archive.content

    def parameters(self, place: Place) -> dict[str, str]:
        """Of the template."""
        image = image_of(self.image, place.region)
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
            **self.shared_parameters(),
        }

    def rest(self) -> Sequence[Item]:
        """Instances above all."""
        return (
            hourly(mark("instances"), self.instance, self.least),
            Item(mark("key"), "key", 1),
            Item(mark("alarms"), "alarm", _ALARMS),
            self.endpoint(),
        )

    def photos(self, content: Content) -> Sequence[Item]:
        """Data through the endpoint; a captured request is one object at most."""
        size = content.photo_gb
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
