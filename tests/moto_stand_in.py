"""What moto has of AWS: templates without the rest, and lists of what is left in an account."""

import functools
import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from cfnlint.decode import decode_str
from moto.cloudformation.models import Stack
from moto.cloudformation.parsing import get_model_map
from moto.ec2.models import ec2_backends
from moto.ec2.models.route_tables import RouteTable

Json = dict[str, Any]


class TakenTemplates:
    """Takes out of templates what moto cannot create; remembers it.

    Attributes:
        missing: kinds of resources that were taken out.
        outputs: values for outputs of resources that were taken out.
    """

    def __init__(self) -> None:
        self.missing: set[str] = set()
        self.outputs: dict[str, str] = {}

    def reduce(self, params: Json, **_others: object) -> None:
        """Change the parameters of a call of `CreateStack`."""
        template = as_json(params["TemplateBody"])
        known = get_model_map()
        dropped = {name for name, resource in template["Resources"].items()
                   if resource["Type"] not in known}  # fmt: skip
        self.missing |= {template["Resources"].pop(name)["Type"] for name in dropped}
        for resource in template["Resources"].values():
            wanted = resource.get("DependsOn", [])
            wanted = [wanted] if isinstance(wanted, str) else wanted
            resource["DependsOn"] = [name for name in wanted if name not in dropped]
        template["Outputs"] = {
            name: {"Value": self.outputs.get(name, output["Value"])}
            for name, output in template["Outputs"].items()
            if name in self.outputs or not dropped & set(names_in(output))
        }
        for name, resource in template["Resources"].items():
            for unread in _UNREAD.get(resource["Type"], ()):
                resource["Properties"].pop(unread)
            template["Resources"][name] = without(resource, dropped)
        params["TemplateBody"] = json.dumps(template)
        for parameter in params.get("Parameters", []):
            value = parameter["ParameterValue"]
            parameter["ParameterValue"] = _KNOWN_INSTANCES.get(value, value)


def as_json(text: str) -> Json:
    """A template in YAML, as cfn-lint reads it."""
    template, faults = decode_str(text)
    assert not faults, faults
    plain: Json = json.loads(json.dumps(template, default=str))
    return plain


def names_in(part: Any) -> Iterator[str]:
    """Resources and parameters that a part of a template refers to."""
    if isinstance(part, dict):
        if "Ref" in part:
            yield part["Ref"]
        if "Fn::GetAtt" in part:
            attribute = part["Fn::GetAtt"]
            yield (attribute.split(".") if isinstance(attribute, str) else attribute)[0]
        if isinstance(text := part.get("Fn::Sub"), str):
            yield from (piece.partition("}")[0].partition(".")[0] for piece in text.split("${")[1:])
        for value in part.values():
            yield from names_in(value)
    elif isinstance(part, list):
        for value in part:
            yield from names_in(value)


def without(part: Any, dropped: set[str]) -> Any:
    """A part in which references to resources that were taken out are names."""
    if isinstance(part, dict):
        if len(part) == 1 and dropped & set(names_in(part)) and set(part) & _FUNCTIONS:
            return "taken-out"
        return {key: without(value, dropped) for key, value in part.items()}
    if isinstance(part, list):
        return [without(value, dropped) for value in part]
    return part


_UNREAD = {"AWS::RDS::DBInstance": ("DBParameterGroupName",)}
"""Properties that moto fails on."""
_KNOWN_INSTANCES = {"ml.c7i.large": "ml.c5.large"}
"""Instances that moto does not know -> one that it does."""
_FUNCTIONS = {"Ref", "Fn::GetAtt", "Fn::Sub"}


def delete_for_good(patch: pytest.MonkeyPatch) -> None:
    """Let a stack that is gone stay so: moto makes its resources anew to show them."""
    delete = Stack.delete

    def gone(stack: Stack) -> None:
        tables = ec2_backends[stack.account_id][stack.region_name].route_tables
        for made in stack.resource_map._parsed_resources.values():
            if isinstance(made, RouteTable):  # which moto leaves, so that no network can go
                tables.pop(made.id, None)
        delete(stack)
        stack.output_map._output_json_map = {}
        stack.resource_map._resource_json_map = {}

    patch.setattr(Stack, "delete", gone)


def fail_stack(patch: pytest.MonkeyPatch, name: str, reason: str) -> None:
    """Let a stack of that name end as CREATE_FAILED once its resources are there.

    Args:
        patch: of the test.
        name: of the stack.
        reason: of its event.
    """
    succeed = Stack.mark_creation_complete

    def end(stack: Stack) -> None:
        if stack.name != name:
            succeed(stack)
            return
        stack.status = "CREATE_FAILED"
        stack._add_stack_event("CREATE_FAILED", resource_status_reason=reason)

    patch.setattr(Stack, "mark_creation_complete", end)


@functools.cache
def _client(service: str, region: str) -> Any:
    """A client; it takes a while to make one, and moto's address stays the same."""
    return boto3.client(service, region_name=region)


def left_over(region: str) -> dict[str, list[str]]:
    """What is in an account, by kind: nothing where all that was created is gone.

    What moto never removes with a stack is not listed: managed policies, clusters, route tables.
    """

    def names(service: str, call: str, key: str, name: str, **options: Any) -> list[str]:
        return [str(row[name]) for row in getattr(_client(service, region), call)(**options)[key]]

    stacks = _client("cloudformation", region).list_stacks()["StackSummaries"]
    networks = _client("ec2", region).describe_vpcs(
        Filters=[{"Name": "is-default", "Values": ["false"]}]
    )["Vpcs"]  # fmt: skip
    everything = {
        "stacks": [row["StackName"] for row in stacks if row["StackStatus"] != "DELETE_COMPLETE"],
        "keys": names("kms", "list_keys", "Keys", "KeyId"),
        "networks": [row["VpcId"] for row in networks],
        "buckets": names("s3", "list_buckets", "Buckets", "Name"),
        "roles": names("iam", "list_roles", "Roles", "RoleName"),
        "endpoints": names("sagemaker", "list_endpoints", "Endpoints", "EndpointName"),
        "configurations": names("sagemaker", "list_endpoint_configs", "EndpointConfigs",
                                "EndpointConfigName"),
        "models": names("sagemaker", "list_models", "Models", "ModelName"),
        "functions": names("lambda", "list_functions", "Functions", "FunctionName"),
        "topics": names("sns", "list_topics", "Topics", "TopicArn"),
        "logs": names("logs", "describe_log_groups", "logGroups", "logGroupName"),
        "databases": names("rds", "describe_db_instances", "DBInstances", "DBInstanceIdentifier"),
        "balancers": names("elbv2", "describe_load_balancers", "LoadBalancers", "LoadBalancerName"),
        "files": names("efs", "describe_file_systems", "FileSystems", "FileSystemId"),
    }  # fmt: skip
    return {kind: rows for kind, rows in everything.items() if rows}
