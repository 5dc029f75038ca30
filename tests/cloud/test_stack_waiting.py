"""A stack of CloudFormation is waited for, counted, and removed where it fails."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from okng.deploy.aws.account import Account
from okng.deploy.aws.stacks import PAUSE, Order, Stack, Stacks
from okng.error_codes import Code
from okng.errors import DeployError
from okng.events.kinds import StageAdvanced
from okng.testing import RecordingProgress

TEMPLATE = """
Resources:
  Key:
    Type: AWS::KMS::Key
  Bucket:
    Type: AWS::S3::Bucket

Outputs:
"""
ORDER = Order("okng-a", TEMPLATE, {"Name": "a"}, {"okng:deployment": "a"})
Event = tuple[str, str, str]
"""Resource, status and reason."""


_KINDS = {"okng-a": "CloudFormation::Stack"}  # of others, S3::Bucket


class _CloudFormation:
    """Answers as AWS would: one status after the other, with the events until then.

    Args:
        statuses: of the stack, one for each question; the last one stays.
        events: that each question finds in addition.
        after_delete: statuses once the stack is to be removed.
    """

    def __init__(
        self,
        statuses: Sequence[str],
        events: Sequence[Sequence[Event]] = (),
        after_delete: Sequence[str] = ("DELETE_IN_PROGRESS", "DELETE_COMPLETE"),
    ) -> None:
        self._statuses, self._new = list(statuses), [list(each) for each in events]
        self._after_delete = list(after_delete)
        self._events: list[Event] = []
        self.asked: dict[str, Any] = {}
        self.deleted = 0

    def create_stack(self, **asked: Any) -> dict[str, str]:
        self.asked = asked
        return {"StackId": "arn:stack"}

    def delete_stack(self, **_asked: Any) -> None:
        self.deleted += 1
        self._statuses = list(self._after_delete)

    def list_stack_resources(self, **_asked: Any) -> dict[str, Any]:
        names = ("Key", "Bucket")
        return {"StackResourceSummaries": [{"LogicalResourceId": name} for name in names]}

    def describe_stacks(self, **_asked: Any) -> dict[str, Any]:
        status = self._statuses.pop(0) if len(self._statuses) > 1 else self._statuses[0]
        self._events += self._new.pop(0) if self._new else []
        if status == "GONE":
            error = {"Code": "ValidationError", "Message": "Stack with id okng-a does not exist"}
            raise ClientError({"Error": error}, "DescribeStacks")
        return {"Stacks": [{"StackName": "okng-a", "StackStatus": status, "StackId": "arn:stack"}]}

    def get_paginator(self, _call: str) -> "_CloudFormation":
        return self

    def paginate(self, **_asked: Any) -> Iterator[dict[str, Any]]:
        """Events, the newest first."""
        rows = [
            {"LogicalResourceId": name, "ResourceStatus": status, "ResourceStatusReason": reason,
             "ResourceType": f"AWS::{_KINDS.get(name, 'S3::Bucket')}",
             "Timestamp": datetime(2026, 1, 1, 0, i, tzinfo=UTC)}
            for i, (name, status, reason) in enumerate(self._events)
        ]  # fmt: skip
        yield {"StackEvents": rows[::-1]}


def _stacks(
    client: _CloudFormation, progress: RecordingProgress, waits: list[float], patch: Any
) -> Stacks:
    patch.setattr(Account, "client", lambda _self, _service: client)
    return Stacks(Account(None, "us-east-1"), progress, pause=waits.append)


def test_each_ready_resource_counts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Events come again with every question; the stack's own are not counted."""
    client = _CloudFormation(
        ["CREATE_IN_PROGRESS", "CREATE_IN_PROGRESS", "CREATE_COMPLETE"],
        [[("Key", "CREATE_COMPLETE", "")], [], [("Bucket", "CREATE_COMPLETE", ""),
                                               ("okng-a", "CREATE_COMPLETE", "")]],
    )  # fmt: skip
    progress, waits = RecordingProgress(), list[float]()

    made = _stacks(client, progress, waits, monkeypatch).create(ORDER)

    counted = [(e.done, e.facts) for e in progress.events if isinstance(e, StageAdvanced)]
    assert counted == [(1, "Key"), (2, "Bucket")]
    assert made.status == "CREATE_COMPLETE"
    assert waits == [PAUSE, PAUSE]


def test_aws_removes_a_failed_stack_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where this process ends before."""
    client = _CloudFormation(["CREATE_COMPLETE"])

    _stacks(client, RecordingProgress(), [], monkeypatch).create(ORDER)

    assert client.asked["OnFailure"] == "DELETE"
    assert client.asked["Tags"] == [{"Key": "okng:deployment", "Value": "a"}]


def test_first_failure_is_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    """The others were cancelled because of it."""
    client = _CloudFormation(
        ["CREATE_IN_PROGRESS", "CREATE_FAILED", "DELETE_IN_PROGRESS", "DELETE_COMPLETE"],
        [[("Key", "CREATE_FAILED", "Resource creation cancelled"),
          ("Bucket", "CREATE_FAILED", "More buckets than the quota allows")]],
    )  # fmt: skip

    with pytest.raises(DeployError) as caught:
        _stacks(client, RecordingProgress(), [], monkeypatch).create(ORDER)

    assert caught.value.code is Code.CLOUD_QUOTA
    assert "Bucket (AWS::S3::Bucket)" in caught.value.what


def test_failed_stack_that_stays_is_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Should AWS not have done it."""
    client = _CloudFormation(["ROLLBACK_COMPLETE"])

    with pytest.raises(DeployError):
        _stacks(client, RecordingProgress(), [], monkeypatch).create(ORDER)

    assert client.deleted == 1


def test_stack_without_a_reason_fails_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is made up."""
    client = _CloudFormation(["CREATE_FAILED", "DELETE_COMPLETE"])

    with pytest.raises(DeployError, match="names no reason"):
        _stacks(client, RecordingProgress(), [], monkeypatch).create(ORDER)


def test_stack_that_cannot_be_removed_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """With what stands in the way."""
    client = _CloudFormation(
        ["CREATE_COMPLETE"],
        [[("Bucket", "DELETE_FAILED", "The bucket you tried to delete is not empty")]],
        ["DELETE_IN_PROGRESS", "DELETE_FAILED"],
    )
    stack = Stack("okng-a", "CREATE_COMPLETE", {}, {})

    with pytest.raises(DeployError, match="not empty") as caught:
        _stacks(client, RecordingProgress(), [], monkeypatch).delete(stack)

    assert caught.value.where == "remove the stack okng-a"


def test_stack_that_is_gone_is_no_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS says so by an error."""
    stacks = _stacks(_CloudFormation(["GONE"]), RecordingProgress(), [], monkeypatch)

    assert stacks.find("okng-a") is None


def test_refused_question_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not to be confused with a stack that is not there."""
    client = _CloudFormation(["GONE"])
    denied = ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "DescribeStacks")

    def refuse(**_asked: Any) -> None:
        raise denied

    monkeypatch.setattr(client, "describe_stacks", refuse)

    with pytest.raises(DeployError) as caught:
        _stacks(client, RecordingProgress(), [], monkeypatch).find("okng-a")

    assert caught.value.code is Code.CLOUD_DENIED


def test_reason_is_that_of_the_last_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Events of earlier ones are listed as well: a failed creation, a removal that was denied."""
    client = _CloudFormation(
        ["CREATE_COMPLETE"],
        [[("okng-a", "CREATE_IN_PROGRESS", ""), ("Key", "CREATE_FAILED", "More keys than allowed"),
          ("okng-a", "DELETE_IN_PROGRESS", ""), ("Key", "DELETE_FAILED", "Access denied"),
          ("okng-a", "DELETE_FAILED", "of [Key]"), ("okng-a", "DELETE_IN_PROGRESS", ""),
          ("Bucket", "DELETE_FAILED", "The bucket you tried to delete is not empty")]],
        ["DELETE_IN_PROGRESS", "DELETE_FAILED"],
    )  # fmt: skip

    with pytest.raises(DeployError, match=r"Bucket .* not empty"):
        _stacks(client, RecordingProgress(), [], monkeypatch).delete(
            Stack("okng-a", "CREATE_COMPLETE", {}, {})
        )
