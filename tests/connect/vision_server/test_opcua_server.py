"""The station is a vision system after OPC 40100-1, to a real client on an encrypted connection."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from asyncua import ua
from asyncua.ua.uaerrors import UaError, UaStatusCodeError

from okng.connect.contracts import Around, Shot
from okng.connect.delivery import Alarm, Delivery
from okng.connect.part import Outcome
from okng.connect.sinks.opcua_server import OpcUaServerSettings
from okng.connect.triggers.opcua_server import OpcUaServerTriggerSettings
from okng.connect.vision_server.types import vision
from okng.error_codes import Code
from okng.errors import ConnectError
from okng.records import InspectionRow
from okng.testing.line.opcua_client import VisionClient
from okng.testing.station.records import inspection_row as any_row

RESULTS = "ResultManagement"


class Line(NamedTuple):
    """A server with a trigger, and a client that is connected to it."""

    sink: object
    client: VisionClient
    shots: Iterator[Shot]


def inspection_row(**given: object) -> InspectionRow:
    """An inspection of a model with a digest in hex."""
    return any_row(**{"model_digest": "c0ffee" + "0" * 58, **given})


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def settings(folder: Path, port: int) -> OpcUaServerSettings:
    """A server on loopback with a user."""
    password = folder / "password"
    password.write_text("a long password\n")
    return OpcUaServerSettings(
        host="127.0.0.1", port=port, user="plc", password_file=password,
        certificate_folder=folder / "server", results=50,
    )  # fmt: skip


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """One server for all tests: its types take seconds to load."""
    folder = tmp_path_factory.mktemp("opcua")
    port = free_port()
    around = Around("plant", "cell-3")
    sink = settings(folder, port).sink(around)
    trigger = OpcUaServerTriggerSettings(every=0.02).trigger(around)
    sink.open()
    trigger.open()
    endpoint = f"opc.tcp://127.0.0.1:{port}/okng"
    try:
        with VisionClient(endpoint, "cell-3", folder, ("plc", "a long password")) as client:
            yield Line(sink, client, trigger.shots())
    finally:
        trigger.close()
        sink.close()


@pytest.fixture(autouse=True)
def fresh(line: Line) -> None:
    """Each test begins in Ready, without events of the one before: they come in order."""
    line.client.command("Reset")
    last = inspection_row()
    sent(line, last)
    while line.client.event("ResultReady").ResultId.Id != last.id:
        pass


def sent(line: Line, row: InspectionRow) -> None:
    """A verdict comes out of the outbox."""
    line.sink.send([Delivery(row, 1)])  # type: ignore[attr-defined]


def by_id(line: Line, identifier: str) -> tuple[object, int]:
    """GetResultById: result and Error."""
    wanted = ua.Variant(vision.ResultIdDataType(Id=identifier))
    _, result, error = line.client.call(f"{RESULTS}/GetResultById", wanted, _int(0))
    return result, error


def _int(value: int) -> ua.Variant:
    return ua.Variant(value, ua.VariantType.Int32)


def test_a_station_is_ready_by_itself(line: Line) -> None:
    """Both state machines show their states; only what is served is offered."""
    assert line.client.state("VisionStateMachine") == "Operational"
    assert line.client.state() == "Ready"
    assert sorted(line.client.names("")) == [
        "ResultManagement",
        "SystemState",
        "VisionStateMachine",
    ]


def test_a_single_job_from_start_to_result(line: Line) -> None:
    """Started, photo taken, ready for the next one, result: with the ids that the client knows."""
    job, error = line.client.start_single("SN-7")
    shot = next(line.shots)
    running = line.client.state()
    shot.exposed()
    started, acquired = line.client.event("JobStarted"), line.client.event("AcquisitionDone")
    ready = line.client.event("Ready")
    between = line.client.state()
    row = inspection_row(verdict="NG", serial=shot.serial, idempotency_key=shot.key)
    shot.answered(Outcome(row))
    result = line.client.event("ResultReady")

    assert error == 0
    assert (running, between) == ("SingleExecution", "Ready")
    assert {e.JobId.Id for e in (started, acquired, ready, result)} == {job}
    assert result.PartId.Id == "SN-7"
    assert result.ResultId.Id == row.id
    assert result.ResultContent[0].Value == 2


def test_the_model_is_in_the_recipe(line: Line) -> None:
    """InternalRecipeId holds the name and the SHA-256 of the model file."""
    row = inspection_row()
    sent(line, row)
    recipe = line.client.event("ResultReady").InternalRecipeId

    assert recipe.Id == row.model_name
    assert recipe.Hash.hex() == row.model_digest
    assert recipe.HashAlgorithm == "SHA-256"


@pytest.mark.parametrize(
    ("verdict", "evaluation", "state"),
    [("OK", 1, 1), ("NG", 2, 1), ("REVIEW", 3, 1), ("ERROR", 3, 4)],
)
def test_verdicts_as_numbers_of_the_standard(
    line: Line, verdict: str, evaluation: int, state: int
) -> None:
    """OK is 1, NG 2, REVIEW and ERROR 3 (not decidable); an ERROR is a failed result."""
    sent(line, inspection_row(verdict=verdict))
    event = line.client.event("ResultReady")

    assert event.ResultContent[0].Value == evaluation
    assert event.ResultContent[1].Value == verdict
    assert event.ResultState == state


def test_a_repeated_verdict_is_one_event(line: Line) -> None:
    """The outbox repeats after a fault: clients see each result once."""
    row, other = inspection_row(), inspection_row()
    for each in (row, row, other):
        sent(line, each)
    ids = [line.client.event("ResultReady").ResultId.Id for _ in range(2)]

    assert ids == [row.id, other.id]


def test_an_answer_and_its_delivery_are_one_event(line: Line) -> None:
    """The result comes with the answer, and not again when the outbox delivers it."""
    line.client.start_single()
    shot = next(line.shots)
    row = inspection_row(idempotency_key=shot.key)
    shot.answered(Outcome(row))
    sent(line, row)
    last = inspection_row()
    sent(line, last)
    ids = [line.client.event("ResultReady").ResultId.Id for _ in range(2)]

    assert ids == [row.id, last.id]


def test_without_a_record_the_job_failed(line: Line) -> None:
    """A part that is rejected without a record is a failed result, never a missing one."""
    line.client.start_single()
    next(line.shots).answered(Outcome(None, ConnectError("no photo", code=Code.CAMERA_LOST)))
    event = line.client.event("ResultReady")

    assert event.ResultState == 4
    assert event.ResultContent[0].Value == 3
    assert event.ResultContent[5].Value == "camera.lost"
    assert line.client.state() == "Ready"


def test_two_jobs_at_once_are_refused(line: Line) -> None:
    """A second job before the photo of the first one gets an error, and no JobId."""
    line.client.start_single()
    job, error = line.client.start_single()

    assert (job, error) == ("", -1)


def test_an_aborted_job_gets_its_result(line: Line) -> None:
    """A job whose photo nobody took ends as aborted."""
    job, _ = line.client.start_single()
    error = line.client.command("Abort")
    event = line.client.event("ResultReady")

    assert (event.JobId.Id, error) == (job, 0)
    assert event.ResultState == 3
    assert line.client.state() == "Ready"


def test_a_continuous_job_runs_until_stop(line: Line) -> None:
    """Photos follow each other with one JobId and keys of their own; Stop ends them."""
    job, error = line.client.start_continuous()
    shots = [next(line.shots) for _ in range(3)]
    state = line.client.state()
    row = inspection_row(idempotency_key=shots[2].key)
    sent(line, row)
    event = line.client.event("ResultReady")
    stopped = line.client.command("Stop")

    assert (error, state, stopped) == (0, "ContinuousExecution", 0)
    assert len({shot.key for shot in shots}) == 3
    assert event.JobId.Id == job
    assert line.client.state() == "Ready"


def test_halt_and_reset(line: Line) -> None:
    """A halted system takes no jobs until it is reset."""
    halted = line.client.command("Halt")
    state = line.client.state("VisionStateMachine")
    refused = line.client.start_single()[1]
    again = line.client.command("Halt")
    line.client.command("Reset")

    assert (halted, state, refused, again) == (0, "Halted", -1, -1)
    assert line.client.state() == "Ready"


def test_stop_without_a_job(line: Line) -> None:
    """Stop in Ready is refused with a number."""
    assert line.client.command("Stop") == -1


def test_results_can_be_asked_for(line: Line) -> None:
    """A client that was away gets a result by its id, in one piece or in components."""
    row = inspection_row(serial="SN-9")
    sent(line, row)
    result, error = by_id(line, row.id)
    wanted = ua.Variant(vision.ResultIdDataType(Id=row.id))
    parts = line.client.call(f"{RESULTS}/GetResultComponentsById", wanted, _int(0))

    assert error == 0
    assert result.PartId.Id == "SN-9"  # type: ignore[attr-defined]
    assert line.client.latest().ResultId.Id == row.id
    assert (parts[4], parts[6].Id, parts[16]) == (1, "SN-9", 0)
    assert by_id(line, "nobody")[1] == -3


def test_lists_of_results_in_pages(line: Line) -> None:
    """Results of one part, two at a time, in the order in which they came."""
    rows = [inspection_row(serial="SN-list") for _ in range(3)]
    for row in (*rows, inspection_row(serial="another")):
        sent(line, row)
    pages = [_listed(line, "SN-list", start) for start in (0, 2)]

    assert pages == [(False, [rows[0].id, rows[1].id]), (True, [rows[2].id])]


def _listed(line: Line, part: str, start: int) -> tuple[bool, list[str]]:
    nothing = ua.Variant()
    unsigned = [ua.Variant(value, ua.VariantType.UInt32) for value in (2, start)]
    about = [_int(0), nothing, ua.Variant(vision.PartIdDataType(Id=part)), *[nothing] * 6]
    complete, count, _, results, error = line.client.call(
        f"{RESULTS}/GetResultListFiltered", *about, *unsigned, _int(0)
    )

    assert (count, error) == (len(results), 0)
    return complete, [result.ResultId.Id for result in results]


def test_alarms_are_events(line: Line) -> None:
    """An alarm of the line is an event with its code."""
    line.sink.alarm(Alarm("1", 0, "cell-3", Code.CAMERA_LOST, "camera 1"))  # type: ignore[attr-defined]
    event = line.client.event("Information")

    assert event.CausePath == "camera 1/camera.lost"
    assert event.Severity == 700


def test_variables_cannot_be_written(line: Line) -> None:
    """A client may not invent a result."""
    client = line.client._client
    assert client is not None

    async def write() -> None:
        root = line.client._root
        assert root is not None
        node = await root.get_child(f"{line.client._index}:SystemState")
        await node.write_value(ua.Variant())

    with pytest.raises(UaStatusCodeError):
        line.client._thread.call(write(), 10)


@pytest.mark.parametrize("user", [None, ("plc", "wrong"), ("admin", "a long password")])
def test_strangers_are_refused(line: Line, tmp_path: Path, user: tuple[str, str] | None) -> None:
    """Without the right name and password there is no session."""
    endpoint = line.client._endpoint
    with pytest.raises(UaError), VisionClient(endpoint, "cell-3", tmp_path, user):
        pass


def test_no_session_without_encryption(line: Line) -> None:
    """The right password in the clear is refused."""
    stranger = VisionClient(line.client._endpoint, "cell-3", None, ("plc", "a long password"))
    with pytest.raises(UaError), stranger:
        pass


def test_threads_may_answer_at_once(line: Line) -> None:
    """Answers come from many threads; each becomes one result."""
    rows = [inspection_row() for _ in range(8)]
    threads = [threading.Thread(target=sent, args=(line, row)) for row in rows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    seen = {line.client.event("ResultReady").ResultId.Id for _ in rows}

    assert seen == {row.id for row in rows}
