"""A client of the station's OPC UA server, as a vision system's operator would have one."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from queue import Empty, Queue
from typing import Any, Self

from asyncua import ua
from asyncua.client.client import Client
from asyncua.common.node import Node
from asyncua.crypto.cert_gen import setup_self_signed_certificate
from asyncua.crypto.security_policies import SecurityPolicyBasic256Sha256
from asyncua.ua.uaerrors import UaError
from cryptography.x509.oid import ExtendedKeyUsageOID

from okng.connect.vision_server.loop_thread import LoopThread
from okng.connect.vision_server.types import vision

MACHINE_VISION = "http://opcfoundation.org/UA/MachineVision"
_URI = "urn:okng:test-client"
_STATES = "VisionStateMachine"
_AUTOMATIC = "VisionStateMachine/AutomaticModeStateMachine"
_EVENTS = {"JobStarted": 1013, "AcquisitionDone": 1025, "Ready": 1023, "ResultReady": 1024,
           "Information": 1038}  # fmt: skip


class VisionClient:
    """Calls methods and collects events of one vision system.

    Args:
        endpoint: of the server.
        system: name of the vision system.
        folder: for key and certificate; None to connect without encryption.
        user: name and password; None for an anonymous session.
    """

    def __init__(
        self,
        endpoint: str,
        system: str,
        folder: Path | None = None,
        user: tuple[str, str] | None = None,
    ) -> None:
        self.events: Queue[Any] = Queue()
        self._thread = LoopThread("test client")
        self._endpoint, self._system, self._folder, self._user = endpoint, system, folder, user
        self._client: Client | None = None
        self._root: Node | None = None
        self._index = 0

    def __enter__(self) -> Self:
        try:
            self._thread.call(self._connect(), 60)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_exc: object) -> None:
        client, self._client = self._client, None
        if client is not None:
            self._thread.call(_quietly(client.disconnect), 10)
        self._thread.stop()

    def event_notification(self, event: Any) -> None:
        """Called by asyncua for each event."""
        self.events.put(event)

    def status_change_notification(self, _status: Any) -> None:
        """Called by asyncua."""

    def call(self, path: str, *arguments: Any) -> Any:
        """Call a method by its path below the vision system."""
        holder, _, name = path.rpartition("/")
        return self._thread.call(self._called(holder, name, arguments), 20)

    def start_single(self, part: str | None = None) -> tuple[str, int]:
        """StartSingleJob: JobId and Error."""
        job, error = self.call(f"{_AUTOMATIC}/StartSingleJob", *self._about(part))
        return job.Id, error

    def start_continuous(self) -> tuple[str, int]:
        """StartContinuous: JobId and Error."""
        job, error = self.call(f"{_AUTOMATIC}/StartContinuous", *self._about(None))
        return job.Id, error

    def command(self, name: str) -> int:
        """Stop, Abort, Halt or Reset: Error."""
        holder = _AUTOMATIC if name in ("Stop", "Abort") else _STATES
        cause = (ua.Variant(0, ua.VariantType.Int32), ua.Variant("test", ua.VariantType.String))
        return int(self.call(f"{holder}/{name}", *cause))

    def state(self, path: str = _AUTOMATIC) -> str:
        """Name of the state of a state machine."""
        return str(self._thread.call(self._read(path, "0:CurrentState"), 10).Text)

    def latest(self) -> Any:
        """The variable with the last result."""
        return self._thread.call(self._read("ResultManagement/Results", "LatestResult"), 10)

    def names(self, path: str) -> list[str]:
        """Names of the nodes below a node."""
        return self._thread.call(self._names(path), 10)

    def event(self, name: str, timeout_s: float = 10) -> Any:
        """The next event of a type by its number in OPC 40100-1, others are dropped."""
        number = _EVENTS[name]
        while True:
            try:
                event = self.events.get(timeout=timeout_s)
            except Empty:
                raise AssertionError(f"no event {name} within {timeout_s} s") from None
            if event.EventType.Identifier == number:
                return event

    async def _connect(self) -> None:
        self._client = client = Client(self._endpoint, timeout=10)
        client.application_uri = _URI
        if self._folder is not None:
            key, certificate = self._folder / "key.pem", self._folder / "client.der"
            use = [ExtendedKeyUsageOID.CLIENT_AUTH]
            names = {"commonName": "test"}
            await setup_self_signed_certificate(key, certificate, _URI, "localhost", use, names)
            await client.set_security(SecurityPolicyBasic256Sha256, str(certificate), str(key))
        if self._user is not None:
            client.set_user(self._user[0])
            client.set_password(self._user[1])
        await client.connect()
        await client.load_data_type_definitions()
        self._index = await client.get_namespace_index(MACHINE_VISION)
        for node in await client.nodes.objects.get_children():
            if (await node.read_browse_name()).Name == self._system:
                self._root = node
        assert self._root is not None  # noqa: S101 - a client of tests
        subscription = await client.create_subscription(20, self)
        kinds = [
            ua.NodeId(ua.Int32(number), ua.Int16(self._index))
            for number in (1013, 1025, 1023, 1024, 1038)
        ]
        await subscription.subscribe_events(self._root, kinds)

    async def _node(self, path: str) -> Node:
        assert self._root is not None  # noqa: S101
        names = [f"{self._index}:{name}" for name in path.split("/") if name]
        return await self._root.get_child(names) if names else self._root

    async def _called(self, holder: str, name: str, arguments: tuple[Any, ...]) -> Any:
        node = await self._node(holder)
        return await node.call_method(f"{self._index}:{name}", *arguments)

    async def _read(self, path: str, name: str) -> Any:
        for child in await (await self._node(path)).get_children():
            if (await child.read_browse_name()).Name == name.removeprefix("0:"):
                return await child.read_value()
        raise AssertionError(f"no {name} below {path}")

    async def _names(self, path: str) -> list[str]:
        children = await (await self._node(path)).get_children()
        return [(await child.read_browse_name()).Name for child in children]

    def _about(self, part: str | None) -> list[ua.Variant]:
        nothing = ua.Variant()
        given = nothing if part is None else ua.Variant(vision.PartIdDataType(Id=part))
        empty = ua.Variant([], ua.VariantType.Variant, is_array=True)
        return [nothing, given, nothing, nothing, empty]


async def _quietly(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    try:
        await asyncio.wait_for(work(), 5)
    except (OSError, TimeoutError, UaError):
        return
