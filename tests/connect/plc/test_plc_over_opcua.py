"""Trigger -> camera -> judge -> PLC over OPC UA: tags by node id, polled and subscribed to."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from okng.connect.contracts import Around
from okng.connect.plc.settings.opcua import OpcUaPlcSettings
from okng.errors import ConfigError, ConnectError, RefusedError
from okng.testing.line.plc.plc_keys import KeyPair, OneUser, SecuredTags, key_pair
from okng.testing.line.plc.plc_memory_opcua import PREFIX, ServingTags
from okng.testing.line.plc.plc_program import Bin, PlcProgram, Trouble
from okng.testing.line.plc.plc_simulator import SimulatedPlc, simulated_plc
from okng.testing.line.plc.plc_station import FakeStation, free_port

AROUND = Around("plant", "station-1")
PARTS = [f"part-{number}" for number in range(6)]
BAD = {"part-1", "part-4"}
# Tasks of asyncua end a little after their event loop.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


class Site:
    """A PLC that is served for the whole module; each test brings its program."""

    def __init__(self, port: int, plc: SimulatedPlc) -> None:
        self.url = f"opc.tcp://127.0.0.1:{port}"
        self.plc = plc

    def run(self, program: PlcProgram) -> PlcProgram:
        """Have the PLC run a program."""
        self.plc.program = program
        return program


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Certificates of the PLC, the station and others, and a password."""
    folder = tmp_path_factory.mktemp("keys")
    for name in ("plc", "station", "stranger"):
        key_pair(folder, name)
    key_pair(folder, "expired", days=-1)
    key_pair(folder, "nameless", uri=False)
    (folder / "password").write_text("secret\n")
    (folder / "wrong").write_text("guess")
    return folder


@pytest.fixture(scope="module")
def site(keys: Path) -> Iterator[Site]:
    """A server with open sessions, and encrypted ones of one user."""
    port = free_port()
    pair = KeyPair(keys / "plc.pem", keys / "plc.key.pem")
    memory = SecuredTags(port, pair, OneUser("okng", "secret"))
    with simulated_plc(PlcProgram([]), memory) as plc:
        yield Site(port, plc)


def _open(site: Site, **more: object) -> OpcUaPlcSettings:
    values = {"url": site.url, "insecure": True, "node_prefix": PREFIX, **more}
    return OpcUaPlcSettings.model_validate(values)


def _encrypted(site: Site, keys: Path, **more: object) -> OpcUaPlcSettings:
    values = {
        "url": site.url, "node_prefix": PREFIX, "certificate": keys / "station.pem",
        "private_key": keys / "station.key.pem", "server_certificate": keys / "plc.pem",
        "user": "okng", "password_file": keys / "password", **more,
    }  # fmt: skip
    return OpcUaPlcSettings.model_validate(values)


def _sorted(site: Site, settings: OpcUaPlcSettings, program: PlcProgram) -> FakeStation:
    station = FakeStation(settings.trigger(AROUND), lambda: program.at_camera, BAD)
    with station:
        site.run(program)
        assert site.plc.wait(30)
    return station


@pytest.mark.parametrize("reading", ["poll", "subscribe"])
def test_parts_are_sorted_by_their_own_verdicts(site: Site, reading: str) -> None:
    """Six parts, their serials and their bins."""
    program = PlcProgram(PARTS)

    station = _sorted(site, _open(site, reading=reading), program)

    assert {part for part, where in program.bins.items() if where is Bin.REJECT} == BAD
    assert station.photos == [(part, part) for part in PARTS]


def test_most_tags_can_be_left_out(site: Site) -> None:
    """Control, both numbers and the status are enough; parts then have no serial."""
    left_out = ["in.product_index", "in.serial", "in.batch", "out.error_number"]
    left_out += ["out.offline_reason", "out.missed_count", "out.waiting", "out.product_index"]
    program = PlcProgram(PARTS[:2])

    station = _sorted(site, _open(site, nodes=dict.fromkeys(left_out, "")), program)

    assert program.bins == {"part-0": Bin.GOOD, "part-1": Bin.REJECT}
    assert station.photos == [(None, "part-0"), (None, "part-1")]


def test_a_faulty_plc_never_passes_a_bad_part(site: Site) -> None:
    """A double trigger, a dropped one, one that is missing and a restart, in one run."""
    troubles = {
        "part-1": Trouble.DOUBLE_TRIGGER, "part-2": Trouble.EARLY_DROP,
        "part-3": Trouble.RESTART, "part-4": Trouble.MISSING_TRIGGER,
    }  # fmt: skip
    program = PlcProgram(PARTS, troubles)

    _sorted(site, _open(site), program)

    assert {part for part, where in program.bins.items() if where is Bin.GOOD} == {
        "part-0", "part-5"
    }  # fmt: skip


def test_a_change_wakes_a_subscribed_station(site: Site) -> None:
    """The heartbeat of the PLC is reported, without a reading in between."""
    carrier = _open(site, reading="subscribe").carrier()

    async def reports() -> None:
        woken = asyncio.Event()
        await carrier.open(woken.set)
        try:
            for _ in range(2):
                await asyncio.wait_for(woken.wait(), 20)
                woken.clear()
        finally:
            await carrier.close()

    site.run(PlcProgram([]))
    asyncio.run(reports())


def test_the_check_names_every_tag_with_its_type(site: Site) -> None:
    """Node id and type of four inputs and eight outputs."""
    findings = _open(site).check(AROUND)

    assert len(findings) == 13
    assert findings[1].value == "ns=2;s=okng.in.control UInt16"
    assert findings[-1].value == "ns=2;s=okng.out.status UInt16"


@pytest.mark.parametrize(
    ("nodes", "fault"),
    [
        ({"in.control": "ns=2;s=nothing"}, "no tag control"),
        ({"in.serial": "ns=2;s=okng.in.control"}, "tag serial is UInt16"),
        ({"out.status": "ns=2;s=okng.in.control"}, "tag status has no right CurrentWrite"),
    ],
)
def test_a_wrong_tag_is_named_at_the_check(site: Site, nodes: dict[str, str], fault: str) -> None:
    """One that is not there, one of another type, and one that cannot be written."""
    with pytest.raises(RefusedError, match=fault):
        _open(site, nodes=nodes).check(AROUND)


def test_a_tag_that_cannot_be_written_ends_the_opening(site: Site) -> None:
    """The station never inspects for a PLC that cannot get the verdict."""
    trigger = _open(site, nodes={"out.status": "ns=2;s=okng.in.control"}).trigger(AROUND)

    with pytest.raises(RefusedError, match="status cannot be written"):
        trigger.open()
    trigger.close()


def test_nobody_there_is_an_error_with_the_next_step() -> None:
    """The address stands in it."""
    url = f"opc.tcp://127.0.0.1:{free_port()}"
    with pytest.raises(ConnectError, match="does not answer on OPC UA") as caught:
        OpcUaPlcSettings(url=url, insecure=True).check(AROUND)

    assert url in caught.value.message


def test_an_encrypted_session_sorts_parts(site: Site, keys: Path) -> None:
    """Basic256Sha256 with certificates of both sides, user and password."""
    program = PlcProgram(PARTS[:3])

    _sorted(site, _encrypted(site, keys), program)

    assert program.bins == {"part-0": Bin.GOOD, "part-1": Bin.REJECT, "part-2": Bin.GOOD}


def test_a_wrong_password_is_refused(site: Site, keys: Path) -> None:
    """The error names user and rights; a repeat changes nothing."""
    with pytest.raises(RefusedError, match="refuses the connection"):
        _encrypted(site, keys, password_file=keys / "wrong").check(AROUND)


def test_another_plc_than_the_trusted_one_gets_nothing(site: Site, keys: Path) -> None:
    """Its certificate is not the one in the settings."""
    with pytest.raises(ConnectError):
        _encrypted(site, keys, server_certificate=keys / "stranger.pem").check(AROUND)


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ({"certificate": "expired.pem"}, "`certificate` expired on"),
        ({"server_certificate": "expired.pem"}, "`server_certificate` expired on"),
        ({"certificate": "nameless.pem"}, "no URI among its alternative names"),
        ({"certificate": "absent.pem"}, "`certificate` cannot be read"),
        ({"private_key": "station.pem"}, "key of the station cannot be used"),
        ({"password_file": "absent"}, "password cannot be read"),
    ],
)
def test_files_of_the_security_are_checked(keys: Path, more: dict[str, str], fault: str) -> None:
    """Expired, without a name, absent and mixed up: said before the PLC is reached."""
    site = Site(free_port(), SimulatedPlc(PlcProgram([]), ServingTags(0)))
    paths = {name: keys / file for name, file in more.items()}

    with pytest.raises(ConfigError, match=fault):
        _encrypted(site, keys, **paths).check(AROUND)
