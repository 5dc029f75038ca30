"""A station on ECS on a stand-in for AWS; its balancer is a real station with TLS and a key."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import boto3
import pytest

from moto_stand_in import TakenTemplates, fail_stack, left_over
from okng.accounts import Accounts, Scope
from okng.deploy.aws.account import Account
from okng.deploy.aws.deploying import Deployments
from okng.deploy.aws.sample import compare
from okng.deploy.aws.targets import Content
from okng.deploy.aws.targets.ecs import Ecs
from okng.error_codes import Code
from okng.errors import ConfigError, DeployError
from okng.serve.running import beside
from okng.station import database_of
from okng.station import opened as open_station
from okng.testing import station_settings
from okng.testing.line.network.certificates import Authority

REGION = "us-east-1"
IMAGE = f"123456789012.dkr.ecr.{REGION}.amazonaws.com/okng/station:0.1"
NOT_IN_MOTO = {
    "AWS::CloudWatch::Alarm",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::Subscription",
    "AWS::SecretsManager::Secret",
}
"""As docs/explanations/cloud-not-run.md lists it."""


class _Reached(NamedTuple):
    """A station behind TLS."""

    target: Ecs
    outputs: Mapping[str, str]


@pytest.fixture
def ecs(opened: Account) -> Ecs:
    """A station with a certificate that the account has."""
    answer = opened.client("acm").request_certificate(DomainName="localhost")
    return Ecs(image=IMAGE, host="localhost", certificate=answer["CertificateArn"],
               allowed="203.0.113.0/24")  # fmt: skip


@pytest.fixture
def reached(exported: Path, tmp_path: Path) -> Iterator[_Reached]:
    """A station with login and TLS, and a key that may judge."""
    authority = Authority(tmp_path)
    signed = authority.sign("station")
    server = {"port": 0, "no_auth": False, "tls_cert": signed.certificate, "tls_key": signed.key}
    settings = station_settings(tmp_path / "station", server=server)
    with open_station(settings, [exported]) as station, beside(station, settings) as started:
        with Accounts(database_of(settings), station.records, station.name) as accounts:
            key = accounts.keys.add("deploy", [Scope.JUDGE], by="test").secret
        port = urlsplit(started.address).port
        assert port is not None
        target = Ecs(image=IMAGE, host="localhost", certificate="arn:aws:acm:a", allowed="::/0",
                     api_key=key, port=port, authorities=str(authority.file))  # fmt: skip
        yield _Reached(target, {"Host": "localhost", "Address": "127.0.0.1"})


def test_station_judges_as_this_machine(
    opened: Account, content: Content, reached: _Reached
) -> None:
    """By HTTPS under the name of the host, at the address of the balancer, with an API key."""
    assert content.sample is not None
    assert content.here is not None

    there = reached.target.ask(opened, reached.outputs, content.sample)

    assert there is not None
    compare(content.here, there, "okng-castings")


def test_certificate_of_another_host_is_refused(
    opened: Account, content: Content, reached: _Reached
) -> None:
    """Whoever answers under the address must have the certificate of the host."""
    assert content.sample is not None
    outputs = {**reached.outputs, "Host": "vision.plant.example"}

    with pytest.raises(DeployError) as caught:
        reached.target.ask(opened, outputs, content.sample)

    assert caught.value.code is Code.CLOUD_UNREACHABLE


def test_wrong_key_is_an_error(opened: Account, content: Content, reached: _Reached) -> None:
    """With where to get one."""
    from dataclasses import replace  # noqa: PLC0415

    assert content.sample is not None
    target = replace(reached.target, api_key="okng_wrong")

    with pytest.raises(DeployError) as caught:
        target.ask(opened, reached.outputs, content.sample)

    assert caught.value.code is Code.LOGIN_NEEDED


def test_station_without_a_key_takes_no_photo_yet(
    deployments: Deployments, content: Content, ecs: Ecs
) -> None:
    """The first admin makes it on the page of the station."""
    deployed = deployments.create("castings", ecs, content)

    assert deployed.there is None
    assert deployed.outputs["Host"] == "localhost"


def test_model_lies_where_the_station_follows_it(
    deployments: Deployments, content: Content, ecs: Ecs, opened: Account
) -> None:
    """Under one address, which a later model takes over."""
    deployments.create("castings", ecs, content)

    bucket = opened.client("s3").list_buckets()["Buckets"][0]["Name"]
    tasks = opened.client("ecs")
    (task,) = tasks.list_task_definitions()["taskDefinitionArns"]
    container = tasks.describe_task_definition(taskDefinition=task)["taskDefinition"]
    environment = {each["name"]: each["value"]
                   for each in container["containerDefinitions"][0]["environment"]}  # fmt: skip
    url = environment["OKNG_MODELS__FOLLOW"]
    stored = opened.client("s3").get_object(Bucket=bucket, Key=url.partition(f"{bucket}/")[2])
    assert stored["Body"].read() == content.model


def test_removed_station_leaves_its_records(
    deployments: Deployments, content: Content, ecs: Ecs, opened: Account, aws: TakenTemplates
) -> None:
    """Its folder stays, and with it bucket and key; with data nothing does."""
    before = left_over(REGION)
    deployments.create("castings", ecs, content)

    kept = {each.what.split(" ")[1] for each in deployments.delete("castings")}
    left = left_over(REGION)
    deployments.delete("castings", with_data=True)

    assert kept == {"file", "bucket", "key"}
    assert set(left) - set(before) == {"stacks", "keys", "buckets", "files"}
    assert left_over(REGION) == before


def test_snapshot_of_the_database_is_named_and_removed(
    deployments: Deployments, content: Content, ecs: Ecs, opened: Account
) -> None:
    """CloudFormation makes it when the stack goes; moto does not, so the test does."""
    deployments.create("castings", ecs, content)
    rds = opened.client("rds")
    rds.create_db_snapshot(DBInstanceIdentifier="okng-castings", DBSnapshotIdentifier="last")

    kept = deployments.delete("castings")
    deployments.delete("castings", with_data=True)

    assert "last" in {each.name for each in kept}
    assert rds.describe_db_snapshots()["DBSnapshots"] == []


def test_failed_station_leaves_nothing(
    deployments: Deployments, content: Content, ecs: Ecs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even the folder, which a removal would keep."""
    before = left_over(REGION)

    fail_stack(monkeypatch, "okng-castings", "The task did not stay healthy")

    with pytest.raises(DeployError):
        deployments.create("castings", ecs, content)

    assert left_over(REGION) == before


def test_station_without_host_is_refused(deployments: Deployments, content: Content) -> None:
    """Before anything is created."""
    with pytest.raises(ConfigError, match="`host` and `certificate` and `allowed`"):
        deployments.create("castings", Ecs(image=IMAGE), content)


def test_variables_of_the_task_are_settings() -> None:
    """A variable that names no setting would be ignored in silence."""
    import re  # noqa: PLC0415

    from okng.config import StationSettings, all_settings  # noqa: PLC0415
    from okng.deploy.aws.templates import text_of  # noqa: PLC0415

    known = {setting.variable for setting in all_settings(StationSettings)}
    for name in ("ecs.yaml", "lambda.yaml", "sagemaker.yaml"):
        used = set(re.findall(r"OKNG_[A-Z]+__[A-Z_]+", text_of(name)))
        assert used - known == set()


def test_what_moto_lacks_of_ecs_is_listed(
    deployments: Deployments, content: Content, ecs: Ecs, aws: TakenTemplates
) -> None:
    """On the page of what was not run."""
    deployments.create("castings", ecs, content)

    page = Path(__file__).parents[2] / "docs" / "explanations" / "cloud-not-run.md"
    assert aws.missing == NOT_IN_MOTO
    assert all(kind in page.read_text("utf-8") for kind in aws.missing)
    assert boto3.client("rds", region_name=REGION).describe_db_instances()["DBInstances"]
