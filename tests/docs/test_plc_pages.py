"""The pages about PLCs say what the code does."""

import contextlib
import io
import re
from pathlib import Path

import pytest

from okng.connect.plc.image import First, Order, outputs_image, registers_of
from okng.connect.plc.layout import INPUTS, OUTPUTS
from okng.connect.plc.signals import CONTROL_BITS, STATUS_BITS, Fault, Offline, Outputs

DOCS = Path(__file__).parents[2] / "docs"
REFERENCE = (DOCS / "reference" / "plc.md").read_text(encoding="utf-8")
GUIDE = (DOCS / "how-to" / "connect-a-plc.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", STATUS_BITS)
def test_every_status_bit_has_its_mask_and_meaning(name: str) -> None:
    """In the reference."""
    mask = 1 << STATUS_BITS.index(name)

    assert re.search(rf"\| 0x{mask:04X} \| `{name}` \| \w", REFERENCE)


def test_every_field_has_its_place() -> None:
    """Register, byte and tag."""
    for prefix, table in (("in", INPUTS), ("out", OUTPUTS)):
        for item in table:
            place = rf"\| {item.register} \| {2 * item.register} \| \**`{prefix}\.{item.name}`"
            assert re.search(place, REFERENCE), item.name


def test_every_number_has_a_meaning() -> None:
    """Error numbers and offline reasons."""
    for number in (*Fault, *Offline):
        assert f"| {int(number)} | {number.meaning} |" in REFERENCE


def test_masks_of_the_structured_text_are_those_of_the_table() -> None:
    """A PLC programmer copies them."""
    read = dict(re.findall(r"^(\w+) +:= \(status AND 16#(\d+)\)", GUIDE, flags=re.MULTILINE))
    written = dict(
        re.findall(r"^IF (\w+) +THEN control := control OR 16#(\d+)", GUIDE, re.MULTILINE)
    )

    assert len(read) >= 6
    assert {name: int(mask, 16) for name, mask in read.items()} == {
        name: 1 << STATUS_BITS.index(name) for name in read
    }
    assert {name: int(mask, 16) for name, mask in written.items()} == {
        name: 1 << CONTROL_BITS.index(name) for name in written
    }


def test_the_number_of_mixed_up_words_is_right() -> None:
    """What a PLC with the other word order shows for 70001."""
    high = registers_of(outputs_image(Outputs(trigger_number=70_001)))[:2]
    low = registers_of(outputs_image(Outputs(trigger_number=70_001), Order(words=First.LOW)))[:2]

    assert low == high[::-1]
    assert f"({(low[0] << 16) + low[1]} for 70001)" in GUIDE


def test_the_example_without_a_plc_runs() -> None:
    """It sorts three parts."""
    (source,) = re.findall(r"```python\n(.*?)```", GUIDE, flags=re.DOTALL)
    printed = io.StringIO()

    with contextlib.redirect_stdout(printed):
        exec(source, {})  # noqa: S102 - the page's own example

    assert printed.getvalue() == "{'good-1': 'GOOD', 'bad-1': 'REJECT', 'good-2': 'GOOD'}\n"
