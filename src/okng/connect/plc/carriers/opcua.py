"""OPC UA: the station is a client that reads and writes tags of the PLC by their node ids."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from enum import StrEnum
from typing import NamedTuple, TypeVar

from asyncua import Client, ua
from asyncua.common.node import Node
from asyncua.common.subscription import DataChangeNotif

from okng.connect.contracts import Finding
from okng.connect.plc.carrier import Wake
from okng.connect.plc.carriers.opcua_access import Keys, Login, log_in, secure
from okng.connect.plc.carriers.tags import Tag, Tags, packed
from okng.connect.plc.image import clean_text
from okng.connect.plc.layout import INPUTS
from okng.connect.plc.signals import Inputs, Outputs
from okng.errors import ConnectError, RefusedError

T = TypeVar("T")
_NAMES = tuple(item.name for item in INPUTS)
_WITH_TEXTS = Inputs(trigger=True, change_request=True).control
_SAFETY_S = 0.25
"""A subscription that died is no reason to miss a trigger: so often the word is read anyway."""


class Reading(StrEnum):
    """When the control word is read: again and again, or when the PLC reports a change.

    A report only wakes the station, which then reads. A level that was reported before the last
    outputs were written would otherwise count as an answer to them.
    """

    POLL = "poll"
    SUBSCRIBE = "subscribe"


class Server(NamedTuple):
    """The PLC.

    Attributes:
        url: `opc.tcp://host:4840`.
        keys: certificates; None for a connection that anybody can read and change.
        login: user; None for an anonymous session.
    """

    url: str
    keys: Keys | None
    login: Login | None


class OpcUaClient:
    """The station reads and writes tags.

    Only `control` is read all the time. Texts and the product are read after it, once for each
    trigger or request: they are never older than the bit that they belong to.

    Args:
        server: the PLC.
        tags: node ids.
        reading: whether `control` is polled or subscribed to.
        poll_s: seconds between two readings, or of the publishing interval.
        timeout_s: seconds after which a request has failed.
    """

    def __init__(
        self, server: Server, tags: Tags, *, reading: Reading, poll_s: float, timeout_s: float
    ) -> None:
        self.poll_s = poll_s if reading is Reading.POLL else _SAFETY_S
        self._server, self._tags, self._reading = server, tags, reading
        self._period_s = poll_s
        self._timeout_s = timeout_s
        self._client: Client | None = None
        self._seen = Inputs()
        self._reported = 0
        self._written: Outputs | None = None

    async def open(self, wake: Wake) -> None:
        """Connect, and subscribe where asked for."""
        await self._connect()
        if self._reading is Reading.SUBSCRIBE:
            await self._subscribe(wake)

    async def read(self) -> Inputs:
        """The control word, and what belongs to a bit that rose.

        A rise that was reported is in the past, so one request for all tags is enough. One that a
        reading finds needs a second request: the first may have had the texts before the word.
        """
        if self._rises(self._reported):
            inputs = await self._read(self._tags.inputs)
        else:
            inputs = await self._read(self._tags.inputs[:1])
            if self._rises(inputs.control) and len(self._tags.inputs) > 1:
                self._seen = inputs
                inputs = await self._read(self._tags.inputs[1:])
        self._seen, self._reported = inputs, inputs.control
        return inputs

    async def write(self, outputs: Outputs) -> None:
        """Tags that changed, in the order of the table; all of them with each heartbeat."""
        last = self._written
        whole = last is None or outputs.heartbeat != last.heartbeat
        tags = [tag for tag in self._tags.outputs if whole or _differs(tag, outputs, last)]
        values = [packed(tag, outputs) for tag in tags]
        session = self._open().uaclient
        results = await self._answer(session.write_attributes([tag.node for tag in tags], values))
        self._demand(tags, results, "written")
        self._written = outputs

    async def close(self) -> None:
        """Disconnect."""
        client, self._client = self._client, None
        if client is not None:
            with suppress(ua.UaError, OSError):
                async with asyncio.timeout(self._timeout_s):
                    await client.disconnect()

    async def check(self) -> list[Finding]:
        """Every tag is there, has its type and can be read or written."""
        try:
            await self._connect()
            tags = (*self._tags.inputs, *self._tags.outputs)
            findings = [await self._finding(tag) for tag in tags]
        finally:
            await self.close()
        return [Finding("plc", self._server.url), *findings]

    async def _connect(self) -> None:
        self._client = client = Client(self._server.url, timeout=self._timeout_s)
        client.name = client.description = "okng"
        if self._server.keys is not None:
            await secure(client, self._server.keys)
        if self._server.login is not None:
            log_in(client, self._server.login)
        await self._answer(client.connect())

    async def _subscribe(self, wake: Wake) -> None:
        client, period_ms = self._open(), 1000 * self._period_s
        handler = _Handler(self._report, wake)
        subscription = await self._answer(client.create_subscription(period_ms, handler))
        node = client.get_node(self._tags.inputs[0].node)
        await self._answer(subscription.subscribe_data_change(node))

    def _report(self, control: int) -> None:
        self._reported = control

    def _rises(self, control: int) -> bool:
        """Whether a bit rises that texts or a product belong to."""
        return bool(control & ~self._seen.control & _WITH_TEXTS)

    async def _read(self, tags: Sequence[Tag]) -> Inputs:
        """Inputs with new values of some tags."""
        named = {name: getattr(self._seen, name) for name in _NAMES}
        for tag, value in zip(tags, await self._values(tags), strict=True):
            named[tag.field.name] = value
        return Inputs.of(
            control=int(named["control"]),
            product_index=int(named["product_index"]),
            serial=clean_text(str(named["serial"] or "")),
            batch=clean_text(str(named["batch"] or "")),
        )

    async def _values(self, tags: Sequence[Tag]) -> list[int | str]:
        session = self._open().uaclient
        nodes = [tag.node for tag in tags]
        results = await self._answer(session.read_attributes(nodes, ua.AttributeIds.Value))
        self._demand(tags, [result.StatusCode for result in results], "read")
        return [result.Value.Value for result in results if result.Value is not None]

    def _demand(
        self, tags: Sequence[Tag], codes: Sequence[ua.StatusCode | None], done: str
    ) -> None:
        for tag, code in zip(tags, codes, strict=True):
            if code is not None and not code.is_good():
                raise RefusedError(
                    f"The tag {tag.field.name} cannot be {done}: {code.name}",
                    where=f"{self._server.url} {tag.node.to_string()}",
                    hint="compare the node id, the type and the rights in the PLC",
                )

    async def _finding(self, tag: Tag) -> Finding:
        node = self._open().get_node(tag.node)
        where = f"{self._server.url} {tag.node.to_string()}"
        try:
            value = (await node.read_data_value()).Value
            access = await node.get_user_access_level()
        except ua.UaError as error:
            raise RefusedError(f"There is no tag {tag.field.name}: {error}", where=where) from error
        kind = "empty" if value is None else value.VariantType.name
        if kind != tag.type.name:
            raise RefusedError(
                f"The tag {tag.field.name} is {kind}", where=where, allowed=tag.type.name
            )
        right = ua.AccessLevel.CurrentWrite if tag.written else ua.AccessLevel.CurrentRead
        if right not in access:
            raise RefusedError(
                f"The tag {tag.field.name} has no right {right.name} for this user", where=where
            )
        return Finding(tag.field.name, f"{tag.node.to_string()} {kind}")

    def _open(self) -> Client:
        if self._client is None:
            raise ConnectError("The connection to the PLC is lost", where=self._server.url)
        return self._client

    async def _answer(self, request: Awaitable[T]) -> T:
        try:
            async with asyncio.timeout(self._timeout_s):
                return await request
        except _REFUSALS as error:
            raise RefusedError(
                f"The PLC refuses the connection: {error}",
                where=self._server.url,
                hint="trust the station's certificate in the PLC; look at user and rights",
            ) from error
        except (ua.UaError, OSError) as error:
            raise ConnectError(
                f"The PLC does not answer on OPC UA: {str(error) or type(error).__name__}",
                where=self._server.url,
                hint="look at the address and the cable; its OPC UA server must be on",
            ) from error


_REFUSALS = (
    ua.uaerrors.BadUserAccessDenied,
    ua.uaerrors.BadIdentityTokenRejected,
    ua.uaerrors.BadIdentityTokenInvalid,
    ua.uaerrors.BadCertificateUntrusted,
    ua.uaerrors.BadCertificateInvalid,
    ua.uaerrors.BadCertificateTimeInvalid,
    ua.uaerrors.BadSecurityChecksFailed,
    ua.uaerrors.BadSecurityPolicyRejected,
)


class _Handler:
    """Gets reports of changes."""

    def __init__(self, report: Callable[[int], None], wake: Wake) -> None:
        self._report, self._wake = report, wake

    def datachange_notification(self, _node: Node, value: int, _data: DataChangeNotif) -> None:
        """A new value."""
        self._report(value)
        self._wake()


def _differs(tag: Tag, outputs: Outputs, last: Outputs | None) -> bool:
    name = tag.field.name
    return last is None or getattr(outputs, name) != getattr(last, name)
