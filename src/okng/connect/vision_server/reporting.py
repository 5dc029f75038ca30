"""What clients see: the states as variables, and events. Runs in the loop of the server."""

from typing import TYPE_CHECKING, Any

from asyncua import ua
from asyncua.server.server import Server

from okng.connect.delivery import Alarm
from okng.connect.vision_server.address_space import VisionNodes, path_of, states
from okng.connect.vision_server.jobs import Job
from okng.connect.vision_server.states import MODE_NAMES, STATE_NAMES, Machine
from okng.connect.vision_server.types import vision

if TYPE_CHECKING:
    from asyncua.server.event_generator import EventGenerator

_STATE_CHANGED, _JOB_STARTED, _ACQUIRED, _READY, _RESULT = 1018, 1013, 1025, 1023, 1024
_INFORMATION = 1038
_PRODUCTIVE, _STANDBY = 1, 2  # SystemStateDataType
_STRUCTURE = ua.VariantType.ExtensionObject
# asyncua takes the type of a property from the value that its event type has, and these have none.
_EVENT_FIELDS = {
    "IsPartial": ua.VariantType.Boolean,
    "IsSimulated": ua.VariantType.Boolean,
    "ResultState": ua.VariantType.Int32,
    "CreationTime": ua.VariantType.DateTime,
    "ResultContent": ua.VariantType.Variant,
    **dict.fromkeys(
        ("ResultId", "MeasId", "PartId", "ExternalRecipeId", "InternalRecipeId", "ProductId",
         "InternalConfigurationId", "JobId", "ProcessingTimes"), _STRUCTURE,
    ),
}  # fmt: skip


class Reporting:
    """Writes variables and sends events of one vision system.

    Args:
        server: that has the nodes.
        nodes: of the vision system.
        machine: its states.
    """

    def __init__(self, server: Server, nodes: VisionNodes, machine: Machine) -> None:
        self._server = server
        self._nodes = nodes
        self._machine = machine
        self._states: dict[str, ua.NodeId] = {}
        self._events: dict[int, EventGenerator] = {}

    async def prepare(self) -> None:
        """Look nodes up, and make generators of events."""
        self._states = await states(self._server, self._nodes)
        for number in (_STATE_CHANGED, _JOB_STARTED, _ACQUIRED, _READY, _RESULT, _INFORMATION):
            kind, source = self._nodes.event(number), self._nodes.system.nodeid
            self._events[number] = await self._server.get_event_generator(kind, source)

    async def states_changed(self) -> None:
        """Show the states as they are now."""
        state, mode = STATE_NAMES[self._machine.state], MODE_NAMES[self._machine.mode]
        await self._show(self._nodes.machine, state)
        await self._show(self._nodes.automatic, mode)
        works = state == "Operational"
        value = vision.SystemStateDescriptionDataType(
            State=vision.SystemStateDataType(_PRODUCTIVE if works else _STANDBY),
            StateDescription=mode if works else state,
        )
        variable = await self._nodes.system.get_child(path_of(self._nodes.vision, ["SystemState"]))
        await variable.write_value(ua.Variant(value, ua.VariantType.ExtensionObject))
        await self._events[_STATE_CHANGED].trigger(message=mode if works else state)

    async def job_started(self, job: Job) -> None:
        """A job began."""
        await self._of_job(_JOB_STARTED, job)

    async def acquired(self, job: Job) -> None:
        """The photo is taken: the part may move."""
        await self._of_job(_ACQUIRED, job)

    async def ready(self, job: Job) -> None:
        """The next job may be started; its result can still be on its way."""
        await self._of_job(_READY, job)

    async def result(self, result: Any) -> None:
        """A result is there."""
        await self._nodes.latest.write_value(ua.Variant(result, ua.VariantType.ExtensionObject))
        generator = self._events[_RESULT]
        for name, kind in _EVENT_FIELDS.items():
            generator.event.add_property(name, getattr(result, name), kind)
        await generator.trigger(message=str(result.ResultContent[1].Value))

    async def alarm(self, alarm: Alarm) -> None:
        """Something that a person must see, as VisionInformationEventType."""
        generator = self._events[_INFORMATION]
        where = f"{alarm.where}/{alarm.code.value}"
        generator.event.add_property("CausePath", where, ua.VariantType.String)
        generator.event.Severity = 1 if alarm.over else 700
        over = " (over)" if alarm.over else ""
        await generator.trigger(message=f"{alarm.code.meaning}{over}")

    async def _of_job(self, number: int, job: Job) -> None:
        generator = self._events[number]
        generator.event.add_property("JobId", vision.JobIdDataType(Id=job.id), _STRUCTURE)
        await generator.trigger(message=job.id)

    async def _show(self, machine: Any, name: str) -> None:
        current = await machine.get_child("0:CurrentState")
        await current.write_value(ua.Variant(ua.LocalizedText(name)))
        identifier = await current.get_child("0:Id")
        await identifier.write_value(ua.Variant(self._states[name], ua.VariantType.NodeId))
