"""The running server: started and stopped by its sink, told by sink and trigger what happened."""

import logging
from typing import Any, NamedTuple

from asyncua.server.server import Server

from okng.connect.delivery import Alarm
from okng.connect.part import Outcome
from okng.connect.vision_server.address_space import build
from okng.connect.vision_server.jobs import Job, Jobs
from okng.connect.vision_server.loop_thread import LoopThread
from okng.connect.vision_server.methods import Methods
from okng.connect.vision_server.reporting import Reporting
from okng.connect.vision_server.results import ResultState, ResultStore, result_of, unjudged
from okng.connect.vision_server.security import Access, OneUser, protect
from okng.connect.vision_server.states import Machine, Mode
from okng.errors import ConnectError, OkngError
from okng.records import InspectionRow

_START_S = 120.0  # the types are read from XML: 3 s on a free machine
_CALL_S = 10.0
for _name in ("asyncua", "asyncua.server"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)  # it logs each refused client as an error


class Place(NamedTuple):
    """Where the server is, and what it is called.

    Attributes:
        host: address that it listens on.
        port: TCP port.
        site: name of the plant.
        station: name of the station, and of the vision system.
        capacity: results that clients can ask for.
    """

    host: str
    port: int
    site: str
    station: str
    capacity: int

    @property
    def endpoint(self) -> str:
        """Address for clients."""
        return f"opc.tcp://{self.host}:{self.port}/okng"

    @property
    def uri(self) -> str:
        """Name of the application and of the namespace of its nodes."""
        return f"urn:okng:{self.site}:{self.station}"


class VisionServer:
    """One vision system on a port. Used by the thread of its sink; `Progress` by any.

    Args:
        place: where it is.
        access: who may connect.
        jobs: where jobs of clients go.
    """

    def __init__(self, place: Place, access: Access, jobs: Jobs) -> None:
        self._place = place
        self._access = access
        self._jobs = jobs
        self._machine = Machine()
        self._store = ResultStore(place.capacity)
        self._thread: LoopThread | None = None
        self._server: Server | None = None
        self._reporting: Reporting | None = None

    def start(self) -> None:
        """Listen.

        Raises:
            ConnectError: the port is taken.
        """
        self.stop()
        self._thread = LoopThread(f"opc ua {self._place.port}")
        try:
            self._thread.call(self._start(), _START_S)
        except OkngError:
            self.stop()
            raise
        except (OSError, TimeoutError) as exc:
            self.stop()
            raise ConnectError(
                f"The OPC UA server does not start: {exc}",
                where=self._place.endpoint,
                hint="Choose another `port`, or end the program that uses it.",
            ) from exc

    def publish(self, row: InspectionRow) -> None:
        """Show a result to clients, once; return when it is there.

        Raises:
            ConnectError: the server does not run.
        """
        self._running().call(self._publish(row), _CALL_S)

    def alarm(self, alarm: Alarm) -> None:
        """Send an alarm as an event.

        Raises:
            ConnectError: the server does not run.
        """
        thread = self._running()
        if self._reporting is not None:
            thread.call(self._reporting.alarm(alarm), _CALL_S)

    def stop(self) -> None:
        """Say good-bye to clients, and end."""
        thread, self._thread = self._thread, None
        if self._jobs.progress is self:
            self._jobs.progress = None
        if thread is not None:
            try:
                thread.call(self._stop(), _CALL_S)
            except TimeoutError:
                logging.getLogger(__name__).warning("the OPC UA server did not end in time")
            thread.stop()

    def acquired(self, job: Job) -> None:
        """The photo of a job is taken."""
        if self._thread is not None:
            self._thread.post(lambda: self._acquired(job))

    def answered(self, job: Job, outcome: Outcome) -> None:
        """The part of a job is on record, or rejected without a record."""
        if self._thread is not None:
            self._thread.post(lambda: self._answered(job, outcome))

    def _running(self) -> LoopThread:
        if self._thread is None:
            raise ConnectError(
                "The OPC UA server does not run.",
                where=self._place.endpoint,
                hint="It is started anew by itself; look at its first alarm.",
            )
        return self._thread

    async def _start(self) -> None:
        self._server = server = Server(user_manager=OneUser(self._access))
        await server.init()
        await server.set_application_uri(self._place.uri)
        server.set_server_name(f"okng {self._place.station}")
        server.set_endpoint(self._place.endpoint)
        server.set_match_discovery_endpoint_url(False)  # behind other names and addresses, too
        await protect(server, self._access, self._place.uri)
        nodes = await build(server, self._place.uri, self._place.station)
        self._machine = Machine()
        reporting = self._reporting = Reporting(server, nodes, self._machine)
        await reporting.prepare()
        await Methods(self._machine, self._jobs, self._store, reporting).link(server, nodes)
        self._machine.select_automatic()
        await reporting.states_changed()
        await server.start()
        self._jobs.progress = self

    async def _stop(self) -> None:
        server, self._server, self._reporting = self._server, None, None
        if server is not None:
            await server.stop()

    async def _acquired(self, job: Job) -> None:
        if self._reporting is not None:
            await self._reporting.acquired(job)
            await self._ready_again(self._reporting, job)

    async def _answered(self, job: Job, outcome: Outcome) -> None:
        if self._reporting is None:
            return
        await self._ready_again(self._reporting, job)
        if outcome.row is not None:
            await self._show(self._reporting, result_of(outcome.row, job))
            return
        code = "error" if outcome.fault is None else outcome.fault.code.value
        await self._show(self._reporting, unjudged(job, ResultState.FAILED, code))

    async def _ready_again(self, reporting: Reporting, job: Job) -> None:
        """After the photo of a single job, or where there was none."""
        if self._machine.end(Mode.SINGLE):
            await reporting.states_changed()
            await reporting.ready(job)

    async def _publish(self, row: InspectionRow) -> None:
        if self._reporting is not None:
            job = self._jobs.job_of(row.idempotency_key or "")
            await self._show(self._reporting, result_of(row, job))

    async def _show(self, reporting: Reporting, result: Any) -> None:
        if self._store.add(result):
            await reporting.result(result)
