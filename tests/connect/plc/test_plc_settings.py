"""Settings of a PLC: what does not fit is refused before anything moves."""

from collections.abc import Mapping

import pytest
from pydantic import ValidationError

from okng.connect.contracts import Around
from okng.connect.plc.settings.base import PlcSettings
from okng.connect.plc.settings.modbus import ModbusPlcSettings, ModbusServerPlcSettings
from okng.connect.plc.settings.opcua import OpcUaPlcSettings
from okng.connect.plc.settings.s7 import S7PlcSettings
from okng.errors import ConfigError

AROUND = Around("plant", "station-1")
OPEN = {"url": "opc.tcp://plc:4840", "insecure": True}


def test_every_kind_has_a_name_of_its_own() -> None:
    """As `station.toml` names them."""
    classes = (ModbusPlcSettings, ModbusServerPlcSettings, S7PlcSettings, OpcUaPlcSettings)

    assert {cls.kind for cls in classes} == {
        "plc-modbus", "plc-modbus-server", "plc-s7", "plc-opcua"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("cls", "values", "fault"),
    [
        (ModbusPlcSettings, {}, "host"),
        (ModbusPlcSettings, {"host": "plc", "port": 0}, "port"),
        (ModbusPlcSettings, {"host": "plc", "unit": 256}, "unit"),
        (ModbusPlcSettings, {"host": "plc", "words": "big"}, "words"),
        (ModbusPlcSettings, {"host": "plc", "outputs": 33}, "overlap"),
        (ModbusPlcSettings, {"host": "plc", "inputs": 115}, "overlap"),
        (ModbusPlcSettings, {"host": "plc", "inputs": 65_503}, "inputs"),
        (ModbusPlcSettings, {"host": "plc", "slave": 1}, "slave"),
        (ModbusPlcSettings, {"host": "plc", "deadline": 0}, "deadline"),
        (ModbusPlcSettings, {"host": "plc", "heartbeat_timeout": 1}, "at least 1.5"),
        (ModbusPlcSettings, {"host": "plc", "products": ("a", "a")}, "name twice"),
        (ModbusPlcSettings, {"host": "plc", "products": ("",)}, "empty"),
        (S7PlcSettings, {"host": "plc"}, "db"),
        (S7PlcSettings, {"host": "plc", "db": 1, "outputs": 67}, "overlap"),
        (S7PlcSettings, {"host": "plc", "db": 1, "inputs": 99}, "overlap"),
        (OpcUaPlcSettings, {"url": "http://plc", "insecure": True}, "url"),
        (OpcUaPlcSettings, {"url": "opc.tcp://plc"}, "insecure = true"),
        (OpcUaPlcSettings, {"url": "opc.tcp://plc", "certificate": "a"}, "private_key"),
        (OpcUaPlcSettings, {**OPEN, "certificate": "a"}, "exclude each other"),
        (OpcUaPlcSettings, {**OPEN, "user": "a"}, "belong together"),
        (OpcUaPlcSettings, {**OPEN, "password_file": "a"}, "belong together"),
        (OpcUaPlcSettings, {**OPEN, "policy": "None"}, "policy"),
    ],
)
def test_what_does_not_fit_is_named(
    cls: type[PlcSettings], values: Mapping[str, object], fault: str
) -> None:
    """The field, or the rule, stands in the error."""
    with pytest.raises(ValidationError, match=fault):
        cls(**values)


@pytest.mark.parametrize(
    ("nodes", "fault"),
    [
        ({"out.ready": "ns=2;s=ready"}, "no tag out.ready"),
        ({"in.control": "x=1"}, "no node id"),
        ({"out.status": ""}, "out.status is needed"),
    ],
)
def test_tags_are_checked_before_the_plc_is_reached(nodes: dict[str, str], fault: str) -> None:
    """A name that the table does not have, a node id that is none, a tag that is needed."""
    settings = OpcUaPlcSettings(url="opc.tcp://plc:4840", insecure=True, nodes=nodes)

    with pytest.raises(ConfigError, match=fault):
        settings.check(AROUND)


def test_a_trigger_reaches_nothing_before_it_is_opened() -> None:
    """There is no such host, and no error before `open`."""
    trigger = ModbusPlcSettings(host="plc.invalid").trigger(AROUND)
    trigger.close()

    assert trigger.counts.missed == 0


def test_times_are_written_as_they_are_spoken() -> None:
    """With their unit, as everywhere in `station.toml`."""
    settings = ModbusPlcSettings.model_validate(
        {"host": "plc", "deadline": "0.2s", "heartbeat_timeout": "5s", "poll": "0.004s"}
    )

    assert (settings.deadline, settings.heartbeat_timeout, settings.poll) == (0.2, 5, 0.004)


def test_every_field_has_a_description() -> None:
    """The reference page shows it."""
    classes = (ModbusPlcSettings, ModbusServerPlcSettings, S7PlcSettings, OpcUaPlcSettings)
    bare = [name for cls in classes for name, f in cls.model_fields.items() if not f.description]

    assert bare == []
