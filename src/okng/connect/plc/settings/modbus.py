"""A PLC over Modbus TCP."""

from typing import ClassVar, Self

from pydantic import Field, model_validator

from okng.config import Duration
from okng.connect.plc.carrier import Carrier
from okng.connect.plc.carriers.modbus import ModbusClient, ModbusServer, Place
from okng.connect.plc.carriers.registers import RegisterClient
from okng.connect.plc.image import First, Order
from okng.connect.plc.layout import INPUT_REGISTERS, OUTPUT_REGISTERS
from okng.connect.plc.settings.base import PlcSettings


class _ModbusPlcSettings(PlcSettings):
    """Fields of both directions."""

    port: int = Field(502, ge=1, le=65535, description="TCP port.")
    unit: int = Field(1, ge=0, le=255, description="Modbus unit.")
    inputs: int = Field(
        0, ge=0, le=65536 - INPUT_REGISTERS,
        description="First of the 34 holding registers that the PLC writes, from 0.",
    )  # fmt: skip
    outputs: int = Field(
        100, ge=0, le=65536 - OUTPUT_REGISTERS,
        description="First of the 16 holding registers that the station writes, from 0.",
    )  # fmt: skip
    words: First = Field(First.HIGH, description="Which word of a UInt32 comes first.")
    characters: First = Field(
        First.HIGH, description="Where the first of two characters stands in a register."
    )

    @model_validator(mode="after")
    def _blocks_are_apart(self) -> Self:
        apart = self.outputs >= self.inputs + INPUT_REGISTERS
        if not apart and self.inputs < self.outputs + OUTPUT_REGISTERS:
            raise ValueError("`inputs` (34 registers) and `outputs` (16) overlap")
        return self

    @property
    def order(self) -> Order:
        """Of words and characters."""
        return Order(self.words, self.characters)


class ModbusPlcSettings(_ModbusPlcSettings):
    """A PLC that is a Modbus TCP server."""

    kind: ClassVar[str] = "plc-modbus"

    host: str = Field(min_length=1, description="Name or address of the PLC.")
    poll: Duration = Field(
        0.002, ge=0.0005, le=1, description="Time between two readings of the inputs."
    )
    timeout: Duration = Field(1.0, gt=0, le=60, description="Time after which a request failed.")

    def carrier(self) -> Carrier:
        """A client of the PLC."""
        client = RegisterClient(self.host, self.port, self.unit, timeout_s=self.timeout)
        place = Place(self.inputs, self.outputs, self.order)
        return ModbusClient(client, place, poll_s=self.poll)


class ModbusServerPlcSettings(_ModbusPlcSettings):
    """A PLC that is a Modbus TCP client: it reads and writes registers of the station."""

    kind: ClassVar[str] = "plc-modbus-server"

    listen: str = Field(
        "127.0.0.1", min_length=1,
        description="Address of this machine in the network of the PLC; 0.0.0.0 for all networks.",
    )  # fmt: skip

    def carrier(self) -> Carrier:
        """A server for the PLC."""
        place = Place(self.inputs, self.outputs, self.order)
        return ModbusServer(self.listen, self.port, self.unit, place)
