"""Stacks of CloudFormation: create, wait, remove.

A stack that cannot be created is removed by AWS itself (`OnFailure`), also where this process has
ended; what is left to do here is to wait for it and to find the reason.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from okng.deploy.aws.account import Account
from okng.deploy.aws.faults import aws_errors, of_reason
from okng.deploy.aws.templates import resources_of
from okng.error_codes import Code
from okng.errors import DeployError
from okng.events import Advance, Progress

PAUSE = 5.0
"""Seconds between two questions for the state of a stack."""
_LONGEST = 60
"""Minutes that AWS may take for a stack; a database takes 10 to 20."""
_GONE = "does not exist"
_STACK = "AWS::CloudFormation::Stack"
_CANCELLED = "Resource creation cancelled"
"""Reason of a resource that AWS gave up because of another one."""


class Stack(NamedTuple):
    """A stack that is there.

    Attributes:
        name: of the stack.
        status: such as `CREATE_COMPLETE`.
        outputs: of its template.
        tags: of the stack.
    """

    name: str
    status: str
    outputs: Mapping[str, str]
    tags: Mapping[str, str]


class Order(NamedTuple):
    """A stack to create.

    Attributes:
        name: of the stack.
        template: its text.
        parameters: by name.
        tags: of the stack and of all in it.
    """

    name: str
    template: str
    parameters: Mapping[str, str]
    tags: Mapping[str, str]


class Stacks:
    """The stacks of an account.

    Args:
        account: to ask.
        progress: told of each resource that is ready.
        pause: waits so many seconds.
    """

    def __init__(
        self, account: Account, progress: Progress, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._client = account.client("cloudformation")
        self._progress, self._pause = progress, pause

    def find(self, name: str) -> Stack | None:
        """A stack by its name or identifier; None where there is none.

        Raises:
            DeployError: AWS refuses the question.
        """
        try:
            with aws_errors(f"look for the stack {name}"):
                (row,) = self._client.describe_stacks(StackName=name)["Stacks"]
        except DeployError as error:
            if isinstance(error.__cause__, ClientError) and _GONE in str(error.__cause__):
                return None
            raise
        outputs = {each["OutputKey"]: each["OutputValue"] for each in row.get("Outputs", [])}
        tags = {each["Key"]: each["Value"] for each in row.get("Tags", [])}
        return Stack(row["StackName"], row["StackStatus"], outputs, tags)

    def create(self, order: Order) -> Stack:
        """Create a stack and wait until it is ready. One that fails, or is given up, is removed.

        Raises:
            DeployError: AWS refuses it, or a resource of it; nothing of the stack is left.
        """
        identifier = self._ask_for(order)
        resources = [each.name for each in resources_of(order.template)]
        try:
            with self._progress.stage("create in the cloud", len(resources)) as advance:
                self._wait(identifier, "CREATE", _Counted(advance, frozenset(resources)))
        except BaseException:
            # Also where a person stops the command: half a stack costs as much as a whole one.
            self._remove_failed(identifier)
            raise
        made = self.find(identifier)
        if made is None or made.status != "CREATE_COMPLETE":
            self._remove_failed(identifier)
            raise of_reason(self._reason(identifier, "CREATE"), f"create the stack {order.name}")
        return made

    def delete(self, stack: Stack) -> None:
        """Remove a stack and wait until it is gone.

        Raises:
            DeployError: something of it cannot be removed.
        """
        with aws_errors(f"find the stack {stack.name}"):
            (row,) = self._client.describe_stacks(StackName=stack.name)["Stacks"]
        self._delete(row["StackId"], stack.name)

    def _ask_for(self, order: Order) -> str:
        parameters = [{"ParameterKey": key, "ParameterValue": value}
                      for key, value in order.parameters.items()]  # fmt: skip
        with aws_errors(f"create the stack {order.name}"):
            answer = self._client.create_stack(
                StackName=order.name,
                TemplateBody=order.template,
                Parameters=parameters,
                Capabilities=["CAPABILITY_IAM"],
                OnFailure="DELETE",
                TimeoutInMinutes=_LONGEST,
                Tags=[{"Key": key, "Value": value} for key, value in order.tags.items()],
            )
        return str(answer["StackId"])

    def _wait(self, identifier: str, doing: str, counted: "_Counted") -> None:
        """Wait while AWS works on a stack; by identifier, since a removed one has no name."""
        while True:
            stack = self.find(identifier)
            counted.note(self._events(identifier), f"{doing}_COMPLETE")
            if stack is None or not stack.status.endswith("_IN_PROGRESS"):
                return
            self._pause(PAUSE)

    def _remove_failed(self, identifier: str) -> None:
        """Remove what is left of a stack, unless AWS has."""
        stack = self.find(identifier)
        if stack is not None and stack.status != "DELETE_COMPLETE":
            self._delete(identifier, stack.name)

    def _delete(self, identifier: str, name: str) -> None:
        with aws_errors(f"remove the stack {name}"):
            self._client.delete_stack(StackName=identifier)
        with aws_errors(f"look into the stack {name}"):
            rows = self._client.list_stack_resources(StackName=identifier)
        left = frozenset(row["LogicalResourceId"] for row in rows["StackResourceSummaries"])
        with self._progress.stage("remove from the cloud", len(left)) as advance:
            self._wait(identifier, "DELETE", _Counted(advance, left))
        stack = self.find(identifier)
        if stack is not None and stack.status != "DELETE_COMPLETE":
            raise of_reason(self._reason(identifier, "DELETE"), f"remove the stack {name}")

    def _reason(self, identifier: str, doing: str) -> str:
        """Why a stack failed: its first failure since that began, which brought about the others.

        Args:
            identifier: of the stack.
            doing: CREATE or DELETE; it may have been tried before.
        """
        events = sorted(self._events(identifier), key=lambda event: event["Timestamp"])
        begun = [number for number, event in enumerate(events)
                 if event["ResourceType"] == _STACK
                 and event["ResourceStatus"] == f"{doing}_IN_PROGRESS"]  # fmt: skip
        own = [event for event in events[begun[-1] if begun else 0 :]
               if event["ResourceStatus"].endswith("_FAILED")
               and event.get("ResourceStatusReason") != _CANCELLED]  # fmt: skip
        if not own:
            return "CloudFormation names no reason; its console may"
        first = own[0]
        reason = first.get("ResourceStatusReason", "no reason is given")
        return f"{first['LogicalResourceId']} ({first['ResourceType']}): {reason}"

    def _events(self, identifier: str) -> list[dict[str, Any]]:
        try:
            with aws_errors("read the events of a stack"):
                pages = self._client.get_paginator("describe_stack_events").paginate(
                    StackName=identifier
                )
                return [event for page in pages for event in page["StackEvents"]]
        except DeployError as error:
            if isinstance(error.__cause__, ClientError) and _GONE in str(error.__cause__):
                return []
            raise


class _Counted:
    """Reports each resource once, when it has reached a state.

    Args:
        advance: of the stage.
        names: of the resources that count.
    """

    def __init__(self, advance: Advance, names: frozenset[str]) -> None:
        self._advance, self._left = advance, set(names)

    def note(self, events: list[dict[str, Any]], status: str) -> None:
        """Count the resources that events show in the state."""
        for event in reversed(events):  # the newest come first
            name = event["LogicalResourceId"]
            if event["ResourceStatus"] == status and name in self._left:
                self._left.remove(name)
                self._advance(facts=name)


def refuse_taken(stacks: Stacks, name: str) -> None:
    """Refuse a name that has a stack.

    Raises:
        DeployError: there is one.
    """
    if (stack := stacks.find(name)) is not None:
        raise DeployError(
            f"There is a stack {name} already ({stack.status})",
            where="name",
            hint="Give another `name`, or remove it: the same command with --delete.",
            code=Code.CLOUD_NAME_TAKEN,
        )
