"""The check of an InferenceService names unknown keys, and values of other types."""

from types import SimpleNamespace

import pytest
from kserve_check import faults

MODELS = SimpleNamespace(
    V1Service=SimpleNamespace(
        attribute_map={"min_replicas": "minReplicas", "pods": "pods", "labels": "labels"},
        openapi_types={"min_replicas": "int", "pods": "list[V1Pod]", "labels": "dict(str, str)"},
    ),
    V1Pod=SimpleNamespace(
        attribute_map={"name": "name", "ready": "ready"},
        openapi_types={"name": "str", "ready": "bool"},
    ),
)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"minReplicas": 2, "pods": [{"name": "a", "ready": True}], "labels": {"a": "b"}}, []),
        ({"minReplica": 2}, ["$.minReplica is unknown to V1Service"]),
        ({"minReplicas": "two"}, ["$.minReplicas is 'two', no int"]),
        ({"minReplicas": True}, ["$.minReplicas is True, no int"]),
        ({"pods": {"name": "a"}}, ["$.pods is no list"]),
        ({"pods": [{"name": "a"}, {"nam": "b"}]}, ["$.pods[1].nam is unknown to V1Pod"]),
        ({"pods": [{"name": 1}, "b"]}, ["$.pods[0].name is 1, no str", "$.pods[1] is no V1Pod"]),
        (None, ["$ is no V1Service"]),
    ],
)
def test_every_key_and_type_is_looked_at(value: object, found: list[str]) -> None:
    """At any depth; each fault with its path."""
    assert list(faults(value, "V1Service", MODELS)) == found
