"""Creates a deployment, judges the sample photo with it, and removes it."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from okng.deploy.aws.account import Account
from okng.deploy.aws.bucket import MODELS, Bucket
from okng.deploy.aws.leftovers import Leftover, Leftovers
from okng.deploy.aws.plan import check_name, stack_names
from okng.deploy.aws.sample import Answer, compare
from okng.deploy.aws.stacks import Order, Stack, Stacks, refuse_taken
from okng.deploy.aws.targets import Content, Place, Target
from okng.deploy.aws.templates import STORE, text_of
from okng.error_codes import Code
from okng.errors import ConfigError, DeployError
from okng.events import Progress
from okng.wording import mark

_TAG = "okng:deployment"
_KIND = "okng:kind"
_DIGEST = "okng:model"
_WITH_RECORDS = "ecs"
"""The kind of deployment that has records of its own."""
_PENDING_KEY = mark("the key {name}: AWS deletes it after 7 days, and it costs nothing until then")


class Deployed(NamedTuple):
    """A deployment that judges.

    Attributes:
        outputs: of its stack.
        here: verdict of the sample photo on this machine; None without a sample.
        there: its verdict through the deployment; None where that takes no photo yet.
    """

    outputs: Mapping[str, str]
    here: Answer | None
    there: Answer | None


class Deployments:
    """Deployments in an account.

    Args:
        account: of AWS.
        progress: told of each resource.
        pause: waits so many seconds between two questions.

    Attributes:
        remains: whether the deployment stays where the command is stopped now.
    """

    def __init__(
        self, account: Account, progress: Progress, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self.remains = False
        self._account = account
        self._stacks = Stacks(account, progress, pause)

    def create(self, name: str, target: Target, content: Content) -> Deployed:
        """Create a deployment and judge the sample photo with it.

        Where a part of it cannot be created, all that was created here is removed again.

        Raises:
            DeployError: AWS refuses something, the name is taken, or the deployment gives another
                verdict than this machine.
            ConfigError: name or image cannot be used.
        """
        store_name, main_name = stack_names(check_name(name))
        if target.image is None:
            raise ConfigError(
                "No image is given",
                where="image",
                hint="Push the image to ECR and give its address; --plan needs none.",
            )
        target.parameters(Place(name, self._account.region, "", "", ""))  # before anything is made
        _check_sample(target, content)
        self._account.number()
        refuse_taken(self._stacks, main_name)
        tags = {_TAG: name, _KIND: target.kind, _DIGEST: content.archive.model_digest}
        with self._store(store_name, name, tags) as store:
            place = self._filled(name, store, target, content)
            order = Order(main_name, text_of(target.template), target.parameters(place), tags)
            made = self._stacks.create(order)
        return self._with_answer(made, target, content)

    def check(self, name: str, target: Target, content: Content) -> Deployed:
        """Judge the sample photo with a deployment that is there.

        Raises:
            DeployError: there is none, or it gives another verdict than this machine.
        """
        _check_sample(target, content)
        stack = self._stacks.find(stack_names(check_name(name))[1])
        if stack is None:
            raise _missing(name)
        _check_own(stack, name)
        return self._with_answer(stack, target, content)

    def delete(self, name: str, *, with_data: bool = False) -> list[Leftover]:
        """Remove a deployment.

        Args:
            name: of the deployment.
            with_data: also captured requests, and photos and database of records.

        Returns:
            What stays.

        Raises:
            DeployError: there is no such deployment, or AWS does not remove something.
        """
        store_name, main_name = stack_names(check_name(name))
        self._account.number()
        main, store = self._stacks.find(main_name), self._stacks.find(store_name)
        if main is None and store is None:
            raise _missing(name)
        there = [stack for stack in (main, store) if stack is not None]
        for stack in there:
            _check_own(stack, name)
        kind = there[0].tags.get(_KIND)
        if main is not None:
            self._stacks.delete(main)
        left = self._leftovers(name, kind, with_data=with_data)
        if store is None:
            return left
        return [*left, *self._delete_store(store, with_data=with_data, is_needed=bool(left))]

    def _leftovers(self, name: str, kind: str | None, *, with_data: bool) -> list[Leftover]:
        """Records outside of the store; removed where that is asked for."""
        if kind != _WITH_RECORDS:
            return []
        leftovers = Leftovers(self._account, name, stack_names(name)[1])
        if not with_data:
            return leftovers.list()
        leftovers.remove()
        return []

    def _filled(self, name: str, store: Stack, target: Target, content: Content) -> Place:
        """The place of a deployment, once its bucket has the model."""
        bucket = store.outputs["BucketName"]
        upload = target.upload(content)
        url = "" if upload is None else Bucket(self._account, bucket).put(*upload)
        return Place(name, self._account.region, bucket, store.outputs["KeyArn"], url)

    def _with_answer(self, stack: Stack, target: Target, content: Content) -> Deployed:
        self.remains = True
        if content.sample is None or content.here is None:
            return Deployed(stack.outputs, None, None)
        there = target.ask(self._account, stack.outputs, content.sample)
        if there is not None:
            compare(content.here, there, stack.name)
        return Deployed(stack.outputs, content.here, there)

    @contextmanager
    def _store(self, stack: str, name: str, tags: Mapping[str, str]) -> Iterator[Stack]:
        """The store; what is created here is removed again where the block fails.

        One that an earlier deployment left, with its data, is used again.
        """
        earlier = self._stacks.find(stack)
        if earlier is not None:
            _check_own(earlier, name, needed="BucketName")
        is_recorded = tags[_KIND] == _WITH_RECORDS
        records = Leftovers(self._account, name, stack_names(name)[1]) if is_recorded else None
        before = frozenset(each.name for each in records.list()) if records else frozenset()
        made = earlier or self._stacks.create(Order(stack, text_of(STORE), {"Name": name}, tags))
        try:
            yield made
        except BaseException as error:  # also where a person stops the command
            with _joined_with(error):
                if records is not None:
                    records.remove(but=before)
                if earlier is None:
                    self._delete_store(made, with_data=True)
            raise

    def _delete_store(
        self, store: Stack, *, with_data: bool, is_needed: bool = False
    ) -> list[Leftover]:
        """Empty and remove the store, unless it has data, or its key is needed for other data."""
        key = Leftover(_PENDING_KEY, store.outputs.get("KeyArn", ""))
        if (name := store.outputs.get("BucketName")) is None:
            self._stacks.delete(store)
            return [key]
        bucket = Bucket(self._account, name)
        if not with_data and (is_needed or bucket.has_data()):
            bucket.empty(MODELS)
            return [
                Leftover(mark("the bucket {name}, which holds photos and verdicts"), name),
                Leftover(mark("the key {name}, with which they are encrypted"), key.name),
            ]
        bucket.empty()
        self._stacks.delete(store)
        return [key]


def _check_own(stack: Stack, name: str, needed: str | None = None) -> None:
    """Refuse a stack that okng did not create, or that is not whole.

    Args:
        stack: that has the name.
        name: of the deployment, which its tag must have.
        needed: an output that it must have.

    Raises:
        DeployError: it belongs to somebody else, or lacks the output.
    """
    if stack.tags.get(_TAG) != name:
        raise DeployError(
            f"The stack {stack.name} was not created by `okng deploy aws`: it lacks the tag {_TAG}",
            where="name",
            hint="Give another `name`.",
            code=Code.CLOUD_NAME_TAKEN,
        )
    if needed is not None and needed not in stack.outputs:
        raise DeployError(
            f"The stack {stack.name} is not whole ({stack.status})",
            where="name",
            hint="Remove it first: the same command with --delete.",
            code=Code.CLOUD_NAME_TAKEN,
        )


def _check_sample(target: Target, content: Content) -> None:
    """Refuse a photo that the deployment does not take, before anything is created."""
    sample, most = content.sample, target.most_bytes
    if sample is not None and most is not None and len(sample.content) > most:
        raise DeployError(
            f"The sample photo has {len(sample.content)} bytes",
            where=sample.path,
            allowed=f"{most} bytes of a photo for {target.kind}",
            hint="Give a smaller `photo`.",
            code=Code.REQUEST_TOO_LARGE,
        )


@contextmanager
def _joined_with(error: BaseException) -> Iterator[None]:
    """An error of a removal, together with the one that it is for."""
    try:
        yield
    except DeployError as second:
        first = error.what if isinstance(error, DeployError) else "The command was stopped"
        raise DeployError(
            f"{first}; and not all is removed: {second.what}",
            where=second.where,
            hint="Repeat the command with --delete --with-data, and look into the AWS console.",
            code=error.code if isinstance(error, DeployError) else Code.INTERRUPTED,
        ) from error


def _missing(name: str) -> DeployError:
    return DeployError(
        f"There is no deployment {name} in this account and region",
        where="name",
        hint="Give the `name` and `region` with which it was created.",
        code=Code.CLOUD_MISSING,
    )
