"""The table of all signals: name, type and place. Every carrier and the reference page use it.

Of the inputs `control` comes first, of the outputs `status` comes last. A block that is read or
written in the order of its addresses, and in two parts, then never pairs a trigger with the serial
of the part before, or a result that is ready with the number of the part before.
"""

from enum import Enum
from typing import NamedTuple, Self


class Kind(Enum):
    """Type of a field, with its length in registers of 16 bits."""

    UINT16 = "UInt16", 1
    UINT32 = "UInt32", 2
    TEXT = "text of 32 bytes", 16

    title: str
    registers: int

    def __new__(cls, title: str, registers: int) -> Self:
        """Keep the length beside the title."""
        member = object.__new__(cls)
        member._value_ = title
        member.title = title
        member.registers = registers
        return member


class Field(NamedTuple):
    """One field of a block.

    Attributes:
        name: also that of its OPC UA tag.
        kind: type.
        register: first register in its block, from 0. In bytes, as S7 counts, it is twice that.
    """

    name: str
    kind: Kind
    register: int

    @property
    def byte(self) -> int:
        """First byte in its block, from 0."""
        return 2 * self.register


INPUTS = (
    Field("control", Kind.UINT16, 0),
    Field("product_index", Kind.UINT16, 1),
    Field("serial", Kind.TEXT, 2),
    Field("batch", Kind.TEXT, 18),
)
"""Written by the PLC, read by the station."""

OUTPUTS = (
    Field("trigger_number", Kind.UINT32, 0),
    Field("result_number", Kind.UINT32, 2),
    Field("error_number", Kind.UINT16, 4),
    Field("offline_reason", Kind.UINT16, 5),
    Field("missed_count", Kind.UINT16, 6),
    Field("waiting", Kind.UINT16, 7),
    Field("product_index", Kind.UINT16, 8),
    Field("status", Kind.UINT16, 15),  # 9 to 14 are zero, for later fields
)
"""Written by the station, read by the PLC."""

INPUT_REGISTERS = 34
OUTPUT_REGISTERS = 16
