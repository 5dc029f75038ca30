"""The methods of a vision system, as clients call them. Runs in the loop of the server.

Each answers with a number in `Error`: 0 where it was done, below 0 where not (OPC 40100-1 leaves
these to the application).
"""

from collections.abc import Callable, Coroutine
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from asyncua import ua
from asyncua.server.server import Server

from okng.connect.vision_server.address_space import VisionNodes, path_of
from okng.connect.vision_server.jobs import Asked, Job, Jobs
from okng.connect.vision_server.reporting import Reporting
from okng.connect.vision_server.results import ResultState, ResultStore, Wanted, unjudged
from okng.connect.vision_server.states import Machine, Mode
from okng.connect.vision_server.types import vision

if TYPE_CHECKING:
    from asyncua.common.node import Node

Answer = list[ua.Variant]
Method = Callable[..., Coroutine[Any, Any, Answer]]


class Fault(IntEnum):
    """Why a method was not carried out."""

    NONE = 0
    WRONG_STATE = -1
    NO_TRIGGER = -2
    UNKNOWN_RESULT = -3


class Methods:
    """Carries methods out.

    Args:
        machine: states of the vision system.
        jobs: where its jobs go.
        store: of its results.
        reporting: to its clients.
    """

    def __init__(
        self, machine: Machine, jobs: Jobs, store: ResultStore, reporting: Reporting
    ) -> None:
        self._machine = machine
        self._jobs = jobs
        self._store = store
        self._reporting = reporting

    async def link(self, server: Server, nodes: VisionNodes) -> None:
        """Put a function behind each method of the vision system."""
        places: tuple[tuple[Node, str, Method], ...] = (
            (nodes.machine, "Reset", self.reset),
            (nodes.machine, "Halt", self.halt),
            (nodes.automatic, "StartSingleJob", self.start_single),
            (nodes.automatic, "StartContinuous", self.start_continuous),
            (nodes.automatic, "Stop", self.stop),
            (nodes.automatic, "Abort", self.abort),
            (nodes.results, "GetResultById", self.result_by_id),
            (nodes.results, "GetResultComponentsById", self.components_by_id),
            (nodes.results, "GetResultListFiltered", self.result_list),
        )
        for holder, name, method in places:
            node = await holder.get_child(path_of(nodes.vision, [name]))
            server.link_method(node, method)

    async def reset(self, _parent: Any, *_given: Any) -> Answer:
        """Drop all that runs, and be ready anew."""
        await self._drop()
        self._machine.reset()
        await self._reporting.states_changed()
        self._machine.select_automatic()
        return await self._changed()

    async def halt(self, _parent: Any, *_given: Any) -> Answer:
        """Take no jobs any more, until `reset`."""
        if not self._machine.halt():
            return [_error(Fault.WRONG_STATE)]
        await self._drop()
        return await self._changed()

    async def start_single(self, _parent: Any, *given: ua.Variant) -> Answer:
        """One photo, now."""
        if not self._jobs.attached:
            return [_job_id(""), _error(Fault.NO_TRIGGER)]
        if not self._machine.start(Mode.SINGLE):
            return [_job_id(""), _error(Fault.WRONG_STATE)]
        return await self._started(self._jobs.single(asked(*given)))

    async def start_continuous(self, _parent: Any, *given: ua.Variant) -> Answer:
        """Photos until `stop`: from the trigger of the server, or from whatever triggers."""
        if not self._machine.start(Mode.CONTINUOUS):
            return [_job_id(""), _error(Fault.WRONG_STATE)]
        return await self._started(self._jobs.begin(asked(*given)))

    async def stop(self, _parent: Any, *_given: Any) -> Answer:
        """End the job; the photos that were taken get their results."""
        return await self._end()

    async def abort(self, _parent: Any, *_given: Any) -> Answer:
        """Likewise: a photo that was taken is judged in any case, for the part has to be sorted."""
        return await self._end()

    async def result_by_id(self, _parent: Any, identifier: ua.Variant, *_: Any) -> Answer:
        """One of the last results."""
        result = self._store.get(_id_of(identifier) or "")
        fault = Fault.UNKNOWN_RESULT if result is None else Fault.NONE
        empty = vision.ResultDataType() if result is None else result
        return [_handle(), _structure(empty), _error(fault)]

    async def components_by_id(self, _parent: Any, identifier: ua.Variant, *_: Any) -> Answer:
        """The same, each field as an argument of its own."""
        result = self._store.get(_id_of(identifier) or "")
        if result is None:
            return _components(vision.ResultDataType(), Fault.UNKNOWN_RESULT)
        return _components(result, Fault.NONE)

    async def result_list(self, _parent: Any, *given: ua.Variant) -> Answer:
        """Those of the last results that fit, a page of them."""
        state, measurement, part, recipe, _internal, _outer, _inner, product, job = given[:9]
        wanted = Wanted(
            int(state.Value or 0), _id_of(measurement), _id_of(part), _id_of(recipe),
            _id_of(product), _id_of(job),
        )  # fmt: skip
        most, start = int(given[9].Value or 0), int(given[10].Value or 0)
        page = self._store.page(wanted, start, most)
        return [
            ua.Variant(page.complete, ua.VariantType.Boolean),
            ua.Variant(len(page.results), ua.VariantType.UInt32),
            _handle(),
            ua.Variant(page.results, ua.VariantType.ExtensionObject, is_array=True),
            _error(Fault.NONE),
        ]

    async def _started(self, job: Job) -> Answer:
        await self._reporting.states_changed()
        await self._reporting.job_started(job)
        return [_job_id(job.id), _error(Fault.NONE)]

    async def _end(self) -> Answer:
        if not self._machine.end(Mode.SINGLE, Mode.CONTINUOUS):
            return [_error(Fault.WRONG_STATE)]
        await self._drop()
        return await self._changed()

    async def _drop(self) -> None:
        """Tell clients of the jobs that no photo was taken for."""
        for job in self._jobs.end():
            result = unjudged(job, ResultState.ABORTED, "interrupted")
            if self._store.add(result):
                await self._reporting.result(result)

    async def _changed(self) -> Answer:
        await self._reporting.states_changed()
        return [_error(Fault.NONE)]


def asked(*given: ua.Variant) -> Asked:
    """What a client said about a job: the arguments MeasId, PartId, RecipeId, ProductId."""
    return Asked(*(_id_of(value) for value in given[:4]))


def _id_of(given: ua.Variant) -> str | None:
    """The id in a structure; None for none, and for an empty one."""
    text = getattr(given.Value, "Id", None)
    return str(text) if text else None


def _components(result: Any, fault: Fault) -> Answer:
    structures = ("MeasId", "PartId", "ExternalRecipeId", "InternalRecipeId", "ProductId",
                  "ExternalConfigurationId", "InternalConfigurationId", "JobId")  # fmt: skip
    return [
        ua.Variant(bool(result.HasTransferableDataOnFile), ua.VariantType.Boolean),
        _handle(),
        ua.Variant(bool(result.IsPartial), ua.VariantType.Boolean),
        ua.Variant(bool(result.IsSimulated), ua.VariantType.Boolean),
        ua.Variant(int(result.ResultState), ua.VariantType.Int32),
        *(_structure(getattr(result, name)) for name in structures),
        ua.Variant(result.CreationTime, ua.VariantType.DateTime),
        _structure(result.ProcessingTimes),
        ua.Variant(list(result.ResultContent or []), ua.VariantType.Variant, is_array=True),
        _error(fault),
    ]


def _structure(value: Any) -> ua.Variant:
    return ua.Variant() if value is None else ua.Variant(value, ua.VariantType.ExtensionObject)


def _job_id(identifier: str) -> ua.Variant:
    return _structure(vision.JobIdDataType(Id=identifier))


def _handle() -> ua.Variant:
    """Nothing is held for a client, so there is nothing to release."""
    return ua.Variant(0, ua.VariantType.UInt32)


def _error(fault: Fault) -> ua.Variant:
    return ua.Variant(int(fault), ua.VariantType.Int32)
