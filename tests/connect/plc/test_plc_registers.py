"""The image of all signals: the worked example of the reference page, and every order of bytes."""

from itertools import pairwise, product

import pytest

from okng.connect.plc.image import (
    First,
    Order,
    image_of,
    inputs_image,
    inputs_of,
    outputs_image,
    outputs_of,
    registers_of,
)
from okng.connect.plc.layout import INPUT_REGISTERS, INPUTS, OUTPUT_REGISTERS, OUTPUTS
from okng.connect.plc.part_numbers import first_number, next_number
from okng.connect.plc.signals import CONTROL_BITS, STATUS_BITS, Inputs, Outputs

ORDERS = [Order(words, characters) for words, characters in product(First, First)]
EXAMPLE = Outputs(
    online=True, results_ready=True, ok=True, exposure_complete=True, trigger_number=70_001,
    result_number=70_000, waiting=1,
)  # fmt: skip


def test_the_worked_example_is_laid_out_as_documented() -> None:
    """70001 is 0x00011171: its high word first; the status is the last of 16 registers."""
    registers = registers_of(outputs_image(EXAMPLE))

    assert registers[:4] == [0x0001, 0x1171, 0x0001, 0x1170]
    assert registers[7] == 1
    assert registers[15] == 0b1101_0010
    assert len(registers) == OUTPUT_REGISTERS


def test_the_low_word_can_come_first() -> None:
    """As PLCs with little-endian words have it."""
    registers = registers_of(outputs_image(EXAMPLE, Order(words=First.LOW)))

    assert registers[:4] == [0x1171, 0x0001, 0x1170, 0x0001]


def test_characters_stand_two_in_a_register() -> None:
    """The first one in the high byte, or in the low one where that is asked for."""
    inputs = Inputs(serial="AB")

    assert registers_of(inputs_image(inputs))[2] == 0x4142
    assert registers_of(inputs_image(inputs, Order(characters=First.LOW)))[2] == 0x4241


@pytest.mark.parametrize("order", ORDERS)
def test_what_is_written_is_read(order: Order) -> None:
    """Every bit, number and text, in every order."""
    inputs = Inputs(trigger=True, reset=True, product_index=65_535, serial="ä-1", batch="x" * 32)
    outputs = Outputs(ready=True, reset_ack=True, trigger_number=2**32 - 1, missed_count=65_535)

    assert inputs_of(inputs_image(inputs, order), order) == inputs
    assert outputs_of(image_of(registers_of(outputs_image(outputs, order))), order) == outputs


@pytest.mark.parametrize("name", STATUS_BITS)
def test_every_output_bit_has_a_place_of_its_own(name: str) -> None:
    """Bit n of `status` is the n-th name of the table."""
    levels = {name: True}
    outputs = Outputs(**levels)

    assert outputs.status == 1 << STATUS_BITS.index(name)
    assert outputs_of(outputs_image(outputs)) == outputs


@pytest.mark.parametrize("name", CONTROL_BITS)
def test_every_input_bit_has_a_place_of_its_own(name: str) -> None:
    """Bit n of `control` is the n-th name of the table; others are ignored."""
    word = 1 << CONTROL_BITS.index(name)
    registers = [word | 0xFF00, *[0] * (INPUT_REGISTERS - 1)]

    assert inputs_of(image_of(registers)).control == word


@pytest.mark.parametrize(
    ("table", "registers"), [(INPUTS, INPUT_REGISTERS), (OUTPUTS, OUTPUT_REGISTERS)]
)
def test_fields_do_not_overlap(table: tuple[object, ...], registers: int) -> None:
    """Each begins after the end of the one before, and the last one ends with the block."""
    fields = INPUTS if table is INPUTS else OUTPUTS
    for before, after in pairwise(fields):
        assert before.register + before.kind.registers <= after.register
    assert fields[-1].register + fields[-1].kind.registers == registers


def test_words_that_are_written_first_are_safe_to_read_alone() -> None:
    """`control` is the first of the inputs, and `status` the last of the outputs."""
    assert INPUTS[0].name == "control"
    assert OUTPUTS[-1].name == "status"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (b"A-1\0junk", "A-1"),
        (b"  A-1  ", "A-1"),
        (b"\0" * 32, ""),
        (b"A\xff1", r"A\xff1"),
        (b"A\x071", r"A\x071"),
        (b"\xff" * 32, r"\xff" * 32),
    ],
)
def test_any_bytes_are_a_serial(text: bytes, read: str) -> None:
    """Padding goes, what is no text stays as escapes: no part is lost for its serial."""
    image = bytearray(2 * INPUT_REGISTERS)
    image[4 : 4 + len(text)] = text

    assert inputs_of(bytes(image)).serial == read


def test_a_serial_that_is_too_long_is_refused() -> None:
    """It has 32 bytes at most; cut off, it would be that of another part."""
    with pytest.raises(ValueError, match="32 bytes, not 33"):
        inputs_image(Inputs(serial="x" * 33))


def test_numbers_after_a_restart_are_above_those_before() -> None:
    """A thousand parts in the second before are fewer than a second is apart."""
    assert first_number(1_000.0) + 1_000 < first_number(1_001.0)


def test_zero_is_no_number() -> None:
    """Neither as the first one nor after the last one."""
    assert first_number(2**32 / 1024) == 1
    assert next_number(2**32 - 1) == 1
    assert next_number(1) == 2
