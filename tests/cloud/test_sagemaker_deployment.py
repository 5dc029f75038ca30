"""A SageMaker endpoint on a stand-in for AWS: created, asked, compared, removed, nothing left."""

import json
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests

from moto_stand_in import TakenTemplates, fail_stack, left_over
from okng.deploy.aws.account import Account
from okng.deploy.aws.deploying import Deployments
from okng.deploy.aws.targets import Content
from okng.deploy.aws.targets.sagemaker import SageMaker
from okng.error_codes import Code
from okng.errors import ConfigError, DeployError
from okng.testing import RecordingProgress

REGION = "us-east-1"
NOT_IN_MOTO = {
    "AWS::ApplicationAutoScaling::ScalableTarget",
    "AWS::ApplicationAutoScaling::ScalingPolicy",
    "AWS::CloudWatch::Alarm",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::Subscription",
}
"""As docs/explanations/cloud-not-run.md lists it."""


def _body(content: Content, **changed: object) -> str:
    """What the container answers for the sample photo."""
    here = content.here
    assert here is not None
    plain = {"verdict": here.verdict, "class": here.class_name, "defect_score": here.defect_score,
             "model_digest": here.model_digest}  # fmt: skip
    return json.dumps(plain | changed)


@pytest.fixture
def answers(moto: str, aws: TakenTemplates) -> Any:
    """Lets the endpoint answer so."""

    def answer(body: str) -> None:
        result = {"Body": body, "ContentType": "application/json"}
        url = f"{moto}/moto-api/static/sagemaker/endpoint-results"
        done = requests.post(url, json={"region": REGION, "results": [result]}, timeout=30)
        assert done.status_code < 300

    return answer


@pytest.fixture
def before(aws: TakenTemplates) -> dict[str, list[str]]:
    """What an empty account has."""
    return left_over(REGION)


def test_endpoint_is_created_and_judges_as_here(
    deployments: Deployments, endpoint: SageMaker, content: Content, answers: Any
) -> None:
    """With the model in the bucket, and the verdicts compared."""
    answers(_body(content))

    deployed = deployments.create("castings", endpoint, content)

    assert deployed.outputs["EndpointName"].startswith("okng-castings")
    assert deployed.there is not None
    assert deployed.here is not None
    assert deployed.there.verdict == deployed.here.verdict
    client = boto3.client("sagemaker", region_name=REGION)
    model = client.describe_model(ModelName=client.list_models()["Models"][0]["ModelName"])
    url = model["PrimaryContainer"]["ModelDataUrl"]
    bucket, _, key = url.removeprefix("s3://").partition("/")
    stored = boto3.client("s3", region_name=REGION).get_object(Bucket=bucket, Key=key)
    assert stored["Body"].read() == content.archive.content
    assert stored["ServerSideEncryption"] == "aws:kms"


def test_created_and_removed_leaves_nothing(
    deployments: Deployments,
    endpoint: SageMaker,
    content: Content,
    answers: Any,
    before: dict[str, list[str]],
) -> None:
    """The key waits for seven days, as AWS has it."""
    answers(_body(content))
    deployments.create("castings", endpoint, content)

    kept = deployments.delete("castings")

    assert left_over(REGION) == before
    assert [each.what[:7] for each in kept] == ["the key"]


def test_captured_photos_stay_until_they_are_named(
    deployments: Deployments,
    endpoint: SageMaker,
    content: Content,
    answers: Any,
    opened: Account,
    before: dict[str, list[str]],
) -> None:
    """`--delete` alone removes the endpoint and the model; with data, all of it."""
    answers(_body(content))
    deployments.create("castings", endpoint, content)
    s3 = opened.client("s3")
    bucket = s3.list_buckets()["Buckets"][0]["Name"]
    s3.put_object(Bucket=bucket, Key="captured/1.jsonl", Body=b"{}")

    kept = deployments.delete("castings")
    left = [row["Key"] for row in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    endpoints = opened.client("sagemaker").list_endpoints()["Endpoints"]
    deployments.delete("castings", with_data=True)

    assert bucket in {each.name for each in kept}
    assert left == ["captured/1.jsonl"]
    assert endpoints == []
    assert left_over(REGION) == before


def test_store_of_before_is_used_again(
    deployments: Deployments,
    endpoint: SageMaker,
    content: Content,
    answers: Any,
    opened: Account,
) -> None:
    """A deployment of the same name finds its captured photos again."""
    answers(_body(content))
    deployments.create("castings", endpoint, content)
    s3 = opened.client("s3")
    bucket = s3.list_buckets()["Buckets"][0]["Name"]
    s3.put_object(Bucket=bucket, Key="captured/1.jsonl", Body=b"{}")
    deployments.delete("castings")
    answers(_body(content))

    deployments.create("castings", endpoint, content)

    assert [each["Name"] for each in s3.list_buckets()["Buckets"]] == [bucket]


@pytest.mark.parametrize(
    "changed",
    [{"verdict": "OK" }, {"class": "scratch"}, {"model_digest": "f" * 64}, {"defect_score": 0.999}],
)  # fmt: skip
def test_other_verdict_is_an_error(
    deployments: Deployments,
    endpoint: SageMaker,
    content: Content,
    answers: Any,
    changed: dict[str, object],
) -> None:
    """Verdict, class, model file or score: none of them may differ."""
    here = content.here
    assert here is not None
    if changed.get("verdict") == here.verdict:
        changed = {"verdict": "NG"}
    answers(_body(content, **changed))

    with pytest.raises(DeployError) as caught:
        deployments.create("castings", endpoint, content)

    assert caught.value.code is Code.CLOUD_OTHER_VERDICT
    assert caught.value.hint is not None
    assert "--delete" in caught.value.hint


def test_answer_that_is_no_verdict_is_an_error(
    deployments: Deployments, endpoint: SageMaker, content: Content, answers: Any
) -> None:
    """Such as the page of a proxy."""
    answers("<html>")

    with pytest.raises(DeployError, match="no verdict"):
        deployments.create("castings", endpoint, content)


def test_check_judges_once_more(
    deployments: Deployments, endpoint: SageMaker, content: Content, answers: Any
) -> None:
    """Nothing is created then."""
    answers(_body(content))
    deployments.create("castings", endpoint, content)

    checked = deployments.check("castings", endpoint, content)

    assert checked.there is not None


def test_name_that_is_taken_is_refused(
    deployments: Deployments, endpoint: SageMaker, content: Content, answers: Any
) -> None:
    """Before anything is stored or created; the deployment of that name stays."""
    answers(_body(content))
    deployments.create("castings", endpoint, content)
    there = left_over(REGION)

    with pytest.raises(DeployError) as caught:
        deployments.create("castings", endpoint, content)

    assert caught.value.code is Code.CLOUD_NAME_TAKEN
    assert left_over(REGION) == there


def test_half_a_deployment_is_removed(
    deployments: Deployments,
    endpoint: SageMaker,
    content: Content,
    monkeypatch: pytest.MonkeyPatch,
    before: dict[str, list[str]],
) -> None:
    """Where the endpoint cannot be created, bucket and key go, too."""
    fail_stack(monkeypatch, "okng-castings", "The service limit 'ml.c7i.large' is 0 Instances")

    with pytest.raises(DeployError) as caught:
        deployments.create("castings", endpoint, content)

    assert caught.value.code is Code.CLOUD_QUOTA
    assert "ml.c7i.large" in caught.value.what
    assert left_over(REGION) == before


def test_failure_and_failed_removal_are_both_told(
    deployments: Deployments,
    endpoint: SageMaker,
    content: Content,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With the command that removes the rest; the first failure gives the code."""
    fail_stack(monkeypatch, "okng-castings", "The service limit is 0 Instances")

    def refuse(*_arguments: object) -> None:
        raise DeployError("The bucket cannot be emptied", where="bucket", code=Code.CLOUD_DENIED)

    monkeypatch.setattr("okng.deploy.aws.deploying.Bucket.empty", refuse)

    with pytest.raises(DeployError) as caught:
        deployments.create("castings", endpoint, content)

    assert caught.value.code is Code.CLOUD_QUOTA
    assert "0 Instances; and not all is removed: The bucket cannot be emptied" in caught.value.what
    assert "--delete --with-data" in str(caught.value.hint)


def test_stopped_by_a_person_leaves_nothing(
    opened: Account, endpoint: SageMaker, content: Content, before: dict[str, list[str]]
) -> None:
    """Ctrl-C while AWS works removes what was made until then."""
    stages: list[str] = []

    class Stopping(RecordingProgress):
        """Stops in the second stack."""

        def handle(self, event: Any) -> None:
            super().handle(event)
            stages.append(getattr(event, "name", ""))
            created = [row for row in self.stages if row[0] == "create in the cloud"]
            if len(created) == 2 and stages.count("stopped") == 0:
                stages.append("stopped")
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Deployments(opened, Stopping(), pause=lambda _s: None).create("castings", endpoint, content)

    assert left_over(REGION) == before


def test_progress_counts_resources(
    deployments: Deployments,
    endpoint: SageMaker,
    content: Content,
    answers: Any,
    progress: RecordingProgress,
) -> None:
    """One stage for each stack, in units of its resources."""
    answers(_body(content))

    deployments.create("castings", endpoint, content)

    assert progress.stages == [("create in the cloud", 3), ("create in the cloud", 15)]


def test_what_moto_lacks_is_what_the_docs_list(
    deployments: Deployments,
    endpoint: SageMaker,
    content: Content,
    answers: Any,
    aws: TakenTemplates,
) -> None:
    """A resource that nothing has created here is named on the page of what was not run."""
    answers(_body(content))

    deployments.create("castings", endpoint, content)

    page = Path(__file__).parents[2] / "docs" / "explanations" / "cloud-not-run.md"
    assert aws.missing == NOT_IN_MOTO
    assert all(kind in page.read_text("utf-8") for kind in aws.missing)


def test_deployment_without_an_image_is_refused(
    deployments: Deployments, content: Content, before: dict[str, list[str]]
) -> None:
    """AWS is not asked."""
    with pytest.raises(ConfigError, match="No image"):
        deployments.create("castings", SageMaker(), content)

    assert left_over(REGION) == before


def test_foreign_stack_is_left_alone(deployments: Deployments, opened: Account) -> None:
    """A stack that only has the name is not removed."""
    template = '{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}, "Outputs": {}}'
    opened.client("cloudformation").create_stack(StackName="okng-castings", TemplateBody=template)

    with pytest.raises(DeployError, match="not created by") as caught:
        deployments.delete("castings")

    assert caught.value.code is Code.CLOUD_NAME_TAKEN
    assert left_over(REGION)["stacks"] == ["okng-castings"]


def test_unknown_deployment_cannot_be_removed(deployments: Deployments) -> None:
    """The error names the two that must fit."""
    with pytest.raises(DeployError) as caught:
        deployments.delete("castings")

    assert caught.value.code is Code.CLOUD_MISSING
