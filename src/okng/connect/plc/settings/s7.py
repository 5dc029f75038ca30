"""A Siemens PLC over S7."""

from typing import ClassVar, Self

from pydantic import Field, model_validator

from okng.config import Duration
from okng.connect.plc.carrier import Carrier
from okng.connect.plc.carriers.s7 import Block, S7Client
from okng.connect.plc.layout import INPUT_REGISTERS, OUTPUT_REGISTERS
from okng.connect.plc.settings.base import PlcSettings


class S7PlcSettings(PlcSettings):
    """A Siemens PLC with a data block."""

    kind: ClassVar[str] = "plc-s7"

    host: str = Field(min_length=1, description="Name or address of the PLC.")
    port: int = Field(102, ge=1, le=65535, description="TCP port.")
    rack: int = Field(0, ge=0, le=7, description="Rack of the CPU.")
    slot: int = Field(
        1, ge=0, le=31, description="Slot of the CPU: 1 for S7-1200 and S7-1500, 2 for S7-300."
    )
    db: int = Field(ge=1, le=65535, description="Number of the data block; it is not optimised.")
    inputs: int = Field(
        0, ge=0, le=65534, description="First of the 68 bytes that the PLC writes, from 0."
    )
    outputs: int = Field(
        68, ge=0, le=65534, description="First of the 32 bytes that the station writes, from 0."
    )
    poll: Duration = Field(
        0.002, ge=0.0005, le=1, description="Time between two readings of the inputs."
    )
    timeout: Duration = Field(1.0, gt=0, le=60, description="Time after which a request failed.")

    @model_validator(mode="after")
    def _blocks_are_apart(self) -> Self:
        apart = self.outputs >= self.inputs + 2 * INPUT_REGISTERS
        if not apart and self.inputs < self.outputs + 2 * OUTPUT_REGISTERS:
            raise ValueError("`inputs` (68 bytes) and `outputs` (32) overlap")
        return self

    def carrier(self) -> Carrier:
        """A client of the PLC."""
        block = Block(self.db, self.inputs, self.outputs)
        return S7Client(
            self.host, self.port, self.rack, self.slot, block,
            poll_s=self.poll, timeout_s=self.timeout,
        )  # fmt: skip
