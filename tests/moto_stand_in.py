"""What moto has of AWS: templates without the rest, and lists of what is left in an account."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
from cfnlint.decode import decode_str
from moto.cloudformation.parsing import get_model_map

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


_KNOWN_INSTANCES = {"ml.c7i.large": "ml.c5.large"}
"""Instances that moto does not know -> one that it does."""
_FUNCTIONS = {"Ref", "Fn::GetAtt", "Fn::Sub"}


def left_over(region: str) -> dict[str, list[str]]:
    """What is in an account, by kind: nothing where all that was created is gone."""

    def names(service: str, call: str, key: str, name: str, **options: Any) -> list[str]:
        client = boto3.client(service, region_name=region)
        return [str(row[name]) for row in getattr(client, call)(**options)[key]]

    stacks = boto3.client("cloudformation", region_name=region).list_stacks()["StackSummaries"]
    keys = boto3.client("kms", region_name=region)
    enabled = [
        row["KeyId"]
        for row in keys.list_keys()["Keys"]
        if keys.describe_key(KeyId=row["KeyId"])["KeyMetadata"]["KeyState"] == "Enabled"
    ]
    networks = boto3.client("ec2", region_name=region).describe_vpcs(
        Filters=[{"Name": "is-default", "Values": ["false"]}]
    )["Vpcs"]  # fmt: skip
    everything = {
        "stacks": [row["StackName"] for row in stacks if row["StackStatus"] != "DELETE_COMPLETE"],
        "keys": enabled,
        "networks": [row["VpcId"] for row in networks],
        "buckets": names("s3", "list_buckets", "Buckets", "Name"),
        "roles": names("iam", "list_roles", "Roles", "RoleName"),
        "policies": names("iam", "list_policies", "Policies", "PolicyName", Scope="Local"),
        "endpoints": names("sagemaker", "list_endpoints", "Endpoints", "EndpointName"),
        "configurations": names("sagemaker", "list_endpoint_configs", "EndpointConfigs",
                                "EndpointConfigName"),
        "models": names("sagemaker", "list_models", "Models", "ModelName"),
        "functions": names("lambda", "list_functions", "Functions", "FunctionName"),
        "topics": names("sns", "list_topics", "Topics", "TopicArn"),
        "logs": names("logs", "describe_log_groups", "logGroups", "logGroupName"),
        "clusters": boto3.client("ecs", region_name=region).list_clusters()["clusterArns"],
        "databases": names("rds", "describe_db_instances", "DBInstances", "DBInstanceIdentifier"),
        "balancers": names("elbv2", "describe_load_balancers", "LoadBalancers", "LoadBalancerName"),
        "files": names("efs", "describe_file_systems", "FileSystems", "FileSystemId"),
    }  # fmt: skip
    return {kind: rows for kind, rows in everything.items() if rows}
