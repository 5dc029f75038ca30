"""CloudFormation templates: sound, without secrets, encrypted, with no more rights than needed."""

import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest
from cfnlint.api import ManualArgs, lint

from moto_stand_in import as_json
from okng.deploy.aws.templates import resources_of, text_of

NAMES = sorted(
    each.name for each in files("okng.deploy.aws.templates").iterdir() if each.name.endswith("yaml")
)
LIMIT = 51_200
"""Bytes that CloudFormation takes in one request."""


def _statements(part: Any) -> Iterator[dict[str, Any]]:
    """All statements of policies in a template."""
    if isinstance(part, dict):
        if "Effect" in part:
            yield part
        for value in part.values():
            yield from _statements(value)
    elif isinstance(part, list):
        for value in part:
            yield from _statements(value)


def test_there_is_a_template_of_each_target() -> None:
    """And the store, which all of them need."""
    assert NAMES == ["ecs.yaml", "lambda.yaml", "sagemaker.yaml", "store.yaml"]


@pytest.mark.parametrize("name", NAMES)
def test_template_has_no_findings_of_cfn_lint(name: str) -> None:
    """In all regions that a plant is likely to choose."""
    regions = ["us-east-1", "eu-central-1", "ap-northeast-1"]

    found = lint(text_of(name), config=ManualArgs(regions=regions))

    assert [f"{match.rule.id} {match.message} {match.linenumber}" for match in found] == []


@pytest.mark.parametrize("name", NAMES)
def test_template_fits_into_a_request(name: str) -> None:
    """A longer one would need a bucket of its own."""
    assert len(text_of(name).encode()) < LIMIT


@pytest.mark.parametrize("name", NAMES)
def test_resources_are_read_as_yaml_reads_them(name: str) -> None:
    """The plan lists them without a reader of YAML."""
    template = as_json(text_of(name))
    read = {each.name: (each.kind, each.condition) for each in resources_of(text_of(name))}

    expected = {key: (value["Type"], value.get("Condition"))
                for key, value in template["Resources"].items()}  # fmt: skip
    assert read == expected


@pytest.mark.parametrize("name", NAMES)
def test_every_star_resource_has_a_reason(name: str) -> None:
    """Rights on everything are given only where AWS has nothing narrower."""
    wide = [
        statement for statement in _statements(as_json(text_of(name)))
        if statement["Effect"] == "Allow" and statement.get("Resource") == "*"
    ]  # fmt: skip
    allowed = {"ecr:GetAuthorizationToken", "cloudwatch:PutMetricData"}

    for statement in wide:
        actions = statement["Action"]
        actions = [actions] if isinstance(actions, str) else actions
        # in the policy of a key, * is the key itself
        assert set(actions) <= allowed or all(action.startswith("kms:") for action in actions)


@pytest.mark.parametrize("name", NAMES)
def test_no_action_is_a_wildcard_but_in_the_key(name: str) -> None:
    """Each right has its name."""
    for statement in _statements(as_json(text_of(name))):
        actions = statement["Action"]
        for action in [actions] if isinstance(actions, str) else actions:
            is_denied = statement["Effect"] == "Deny"
            assert "*" not in action or action.startswith("kms:") or is_denied


@pytest.mark.parametrize("name", NAMES)
def test_everything_at_rest_is_encrypted_with_the_key_of_the_store(name: str) -> None:
    """Logs, topics, volumes, databases and files."""
    keys = {
        "AWS::Logs::LogGroup": "KmsKeyId",
        "AWS::SNS::Topic": "KmsMasterKeyId",
        "AWS::SageMaker::EndpointConfig": "KmsKeyId",
        "AWS::Lambda::Function": "KmsKeyArn",
        "AWS::RDS::DBInstance": "KmsKeyId",
        "AWS::EFS::FileSystem": "KmsKeyId",
        "AWS::SecretsManager::Secret": "KmsKeyId",
    }
    for resource in as_json(text_of(name))["Resources"].values():
        if (key := keys.get(resource["Type"])) is not None:
            assert resource["Properties"][key] == {"Ref": "KeyArn"}


@pytest.mark.parametrize("name", [name for name in NAMES if name != "store.yaml"])
def test_alarms_reach_somebody(name: str) -> None:
    """Every alarm goes to the topic, which sends mail where an address is given."""
    resources = as_json(text_of(name))["Resources"].values()
    alarms = [each for each in resources if each["Type"] == "AWS::CloudWatch::Alarm"]

    assert len(alarms) >= 3
    assert all(each["Properties"]["AlarmActions"] == [{"Ref": "Alarms"}] for each in alarms)


@pytest.mark.parametrize("name", NAMES)
def test_no_secret_stands_in_a_template(name: str) -> None:
    """The password of the database is made by AWS, and read from where it made it."""
    text = text_of(name)

    assert not re.search(r"AKIA[0-9A-Z]{16}", text)
    for line in text.splitlines():
        if "Password" in line and ":" in line and "resolve:secretsmanager" not in line:
            assert re.search(r"PasswordLength: 40|Description|GenerateStringKey", line), line


@pytest.mark.parametrize("name", NAMES)
def test_every_skipped_check_has_a_reason(name: str) -> None:
    """An exception without one is a finding."""
    for resource in as_json(text_of(name))["Resources"].values():
        for skip in resource.get("Metadata", {}).get("checkov", {}).get("skip", []):
            assert re.fullmatch(r"CKV2?_AWS_\d+", skip["id"])
            assert len(skip["comment"]) > 40


def test_nothing_leads_out_of_the_network_of_the_station() -> None:
    """Its subnets have no route to the internet, and no network address translation."""
    resources = as_json(text_of("ecs.yaml"))["Resources"].values()
    routes = [each["Properties"] for each in resources if each["Type"] == "AWS::EC2::Route"]

    assert [route["RouteTableId"] for route in routes] == [{"Ref": "PublicRoutes"}]
    assert not [each for each in resources if each["Type"] == "AWS::EC2::NatGateway"]
