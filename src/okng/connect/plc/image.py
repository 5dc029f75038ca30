"""Fields as bytes and registers: the same image in Modbus registers and in an S7 data block.

Registers are big-endian (Modbus Application Protocol 1.1b3, 4.2). Modbus has no rule for the order
of the two registers of a UInt32, nor for that of two characters in one: both are settings.
"""

import struct
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from okng.connect.plc.layout import (
    INPUT_REGISTERS,
    INPUTS,
    OUTPUT_REGISTERS,
    OUTPUTS,
    Field,
    Kind,
)
from okng.connect.plc.signals import Inputs, Outputs
from okng.text import shown

TEXT_BYTES = 2 * Kind.TEXT.registers


class First(StrEnum):
    """Which half comes first."""

    HIGH = "high"
    LOW = "low"


class Order(NamedTuple):
    """How values of more than one register, or of more than one byte, are laid out.

    Attributes:
        words: which register of a UInt32 comes first, the one with the high or the low 16 bits.
        characters: where in a register the first of its two characters stands.
    """

    words: First = First.HIGH
    characters: First = First.HIGH


BIG_ENDIAN = Order()
Numbers = Mapping[str, int]


def outputs_image(outputs: Outputs, order: Order = BIG_ENDIAN) -> bytes:
    """All outputs, 32 bytes."""
    numbers = {item.name: int(getattr(outputs, item.name)) for item in OUTPUTS}
    return _packed(OUTPUTS, OUTPUT_REGISTERS, numbers, {}, order)


def inputs_image(inputs: Inputs, order: Order = BIG_ENDIAN) -> bytes:
    """All inputs, 68 bytes."""
    numbers = {"control": inputs.control, "product_index": inputs.product_index}
    texts = {"serial": inputs.serial, "batch": inputs.batch}
    return _packed(INPUTS, INPUT_REGISTERS, numbers, texts, order)


def inputs_of(image: bytes, order: Order = BIG_ENDIAN) -> Inputs:
    """Inputs from at least 68 bytes. Bytes that are no UTF-8 stay, as escapes."""
    control, product_index = struct.unpack_from(">HH", image)
    serial, batch = (_text(image, item, order) for item in INPUTS if item.kind is Kind.TEXT)
    return Inputs.of(control=control, product_index=product_index, serial=serial, batch=batch)


def outputs_of(image: bytes, order: Order = BIG_ENDIAN) -> Outputs:
    """Outputs from at least 32 bytes, as a PLC reads them."""
    return Outputs.of(**{item.name: _number(image, item, order) for item in OUTPUTS})


def registers_of(image: bytes) -> list[int]:
    """Registers of an image, each 0 to 65535."""
    return list(struct.unpack(f">{len(image) // 2}H", image))


def image_of(registers: Sequence[int]) -> bytes:
    """Image of registers."""
    return struct.pack(f">{len(registers)}H", *registers)


def clean_text(text: str) -> str:
    """A text as the record has it: without padding of zeros and blanks, control codes escaped."""
    return shown(text.split("\0", 1)[0].strip())


def _packed(
    items: Sequence[Field], registers: int, numbers: Numbers, texts: Mapping[str, str], order: Order
) -> bytes:
    image = bytearray(2 * registers)
    for item in items:
        if item.kind is Kind.TEXT:
            image[item.byte : item.byte + TEXT_BYTES] = _text_bytes(texts[item.name], order)
        else:
            image[item.byte : item.byte + 2 * item.kind.registers] = _number_bytes(
                numbers[item.name], item.kind, order
            )
    return bytes(image)


def _number_bytes(number: int, kind: Kind, order: Order) -> bytes:
    packed = number.to_bytes(2 * kind.registers, "big")
    swapped = kind is Kind.UINT32 and order.words is First.LOW
    return packed[2:] + packed[:2] if swapped else packed


def _number(image: bytes, item: Field, order: Order) -> int:
    packed = image[item.byte : item.byte + 2 * item.kind.registers]
    swapped = item.kind is Kind.UINT32 and order.words is First.LOW
    return int.from_bytes(packed[2:] + packed[:2] if swapped else packed, "big")


def _text_bytes(text: str, order: Order) -> bytes:
    packed = text.encode("utf-8", "backslashreplace")
    if len(packed) > TEXT_BYTES:
        raise ValueError(f"a text has at most {TEXT_BYTES} bytes, not {len(packed)}")
    padded = packed.ljust(TEXT_BYTES, b"\0")
    return padded if order.characters is First.HIGH else _swapped(padded)


def _text(image: bytes, item: Field, order: Order) -> str:
    packed = image[item.byte : item.byte + TEXT_BYTES]
    right = packed if order.characters is First.HIGH else _swapped(packed)
    return clean_text(right.decode("utf-8", "backslashreplace"))


def _swapped(packed: bytes) -> bytes:
    pairs = struct.unpack(f">{len(packed) // 2}H", packed)
    return struct.pack(f"<{len(pairs)}H", *pairs)
