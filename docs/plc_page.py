"""The page `plc.md`: every register, byte, tag, bit and number that a PLC exchanges with okng."""

import inspect
import re
from collections.abc import Callable, Iterator

from okng.connect.plc.carriers.tags import REQUIRED, input_name, output_name
from okng.connect.plc.image import outputs_image, registers_of
from okng.connect.plc.layout import INPUTS, OUTPUTS, Field
from okng.connect.plc.signals import CONTROL_BITS, STATUS_BITS, Fault, Inputs, Offline, Outputs

_LEAD = """# Signals of a PLC

What a PLC and a station exchange, over Modbus TCP, S7 and OPC UA alike. [Connect a PLC](../how-to/connect-a-plc.md) says how to use it, [Cameras and triggers](cameras-and-triggers.md) has the settings. *Inputs* are written by the PLC, *outputs* by the station. Every bit is a level that stays until the other side acknowledges it; nothing is a pulse.
"""  # noqa: E501 - a paragraph is one line
_PLACES = """Register counts from the first register of the block, byte from its first byte (S7), both from 0. The tag is the name that follows `node_prefix` in OPC UA; those in bold are needed, the others may be left out.
"""  # noqa: E501 - a paragraph is one line
_ORDER = """## Order of words and bytes

- A register has 16 bits, its high byte first (Modbus). S7 is the same: a register is two bytes.
- Bit 0 is the lowest bit of a word. In S7 a word at byte 30 has bits 0 to 7 in `DBB31`, 8 to 15 in `DBB30`.
- A UInt32 has its high word first; with `words = "low"` its low word.
- A text is UTF-8, at most 32 bytes, padded with zeros. Two characters share a register, the first in the high byte; with `characters = "low"` in the low byte. In S7 it is `ARRAY[0..31] OF CHAR`, not `STRING`. In OPC UA it is a String.

**Worked example.** The station is online, the photo of part 70001 is taken, and the result of part 70000 is OK and waits to be read:
"""  # noqa: E501 - a paragraph is one line
_RULES = """## Rules for both sides

1. The PLC triggers only while `ready` is high, and holds `trigger` until `trigger_ack`. A trigger that rises while `ready` is low is missed: it never gets an acknowledgement, `missed_trigger` rises and `missed_count` counts. Its part has no photo: reject it.
2. `serial` and `batch` are written before `trigger` rises. They are read once for each trigger.
3. With `trigger_ack` comes `trigger_number`. Store it with the part in front of the camera, in the same cycle, and **before** you look at results: with a slow cycle the result can be there in the same one.
4. Drop `trigger` after `trigger_ack`. `trigger_ack` follows it. The part may move once `exposure_complete` is high.
5. A trigger without an acknowledgement within a second or two: drop it, keep it low for at least 300 ms, reject the part. It may have been taken all the same; its result then comes with a number that no part has.
6. Read a result while `results_ready` is high. It belongs to the part whose stored number equals `result_number`. A number that no part has: acknowledge it, and use it for nothing.
7. Only `ok` lets a part pass. `ng` and `review` reject or set aside; `error` comes with `ng`. A part without a result in time, and a part without a number, is rejected.
8. Raise `result_ack` once the result is read, and drop it once `results_ready` is low. Results come one after the other, in the order of their triggers.
9. At most 8 results wait. When the queue is full, `ready` falls. Results of parts that were on the way then are NG with error number 7, and `overrun` stays until all eight are read.
10. Both heartbeats change once a second. When that of the PLC does not change for `heartbeat_timeout`, the station forgets all parts and goes offline. When that of the station does not change for 3 s, or `online` is low, the PLC has no inspection: stop, or reject every part.
11. After a start the PLC raises `reset` until `reset_ack`, then drops it: all parts and results are forgotten on both sides. The station forgets them at its own start.
12. Numbers run from 1 to 4294967295, then again from 1. They do not begin at 1 after a start: compare them for equality only.
"""  # noqa: E501 - a paragraph is one line


def plc_page() -> str:
    """The whole page."""
    parts = [
        _LEAD,
        "## Inputs\n", _PLACES, *_fields(INPUTS, Inputs, input_name),
        "\n### Bits of `control`\n", *_bits(CONTROL_BITS, Inputs),
        "\n## Outputs\n", *_fields(OUTPUTS, Outputs, output_name),
        "\n### Bits of `status`\n", *_bits(STATUS_BITS, Outputs),
        "\n## Error numbers\n", *_numbers(Fault),
        "\n## Offline reasons\n", *_numbers(Offline),
        "", _ORDER, *_example(), "", _RULES,
    ]  # fmt: skip
    return "\n".join(parts)


def meanings(cls: type[object]) -> dict[str, str]:
    """Name -> meaning, from the attributes in a docstring."""
    text = (inspect.getdoc(cls) or "").partition("Attributes:\n")[2]
    items = re.findall(r"^    (\w+): ((?:.|\n(?!    \w+: ))*)", text, flags=re.MULTILINE)
    return {name: _sentence(" ".join(words.split())) for name, words in items}


def _sentence(words: str) -> str:
    return words if words.startswith("`") else words[:1].upper() + words[1:]


def _fields(
    table: tuple[Field, ...], cls: type[object], name_of: Callable[[str], str]
) -> Iterator[str]:
    known = meanings(cls) | {"control": "The bits below.", "status": "The bits below."}
    yield "| register | byte | tag | type | meaning |"
    yield "|---|---|---|---|---|"
    for item in table:
        name = name_of(item.name)
        shown = f"**`{name}`**" if name in REQUIRED else f"`{name}`"
        kind = item.kind.title
        yield f"| {item.register} | {item.byte} | {shown} | {kind} | {known[item.name]} |"


def _bits(names: tuple[str, ...], cls: type[object]) -> Iterator[str]:
    known = meanings(cls)
    yield "| bit | mask | name | meaning |"
    yield "|---|---|---|---|"
    for place, name in enumerate(names):
        yield f"| {place} | 0x{1 << place:04X} | `{name}` | {known[name]} |"


def _numbers(numbers: type[Fault] | type[Offline]) -> Iterator[str]:
    yield "| number | meaning |"
    yield "|---|---|"
    for member in numbers:
        yield f"| {int(member)} | {member.meaning} |"


def _example() -> Iterator[str]:
    outputs = Outputs(
        online=True, exposure_complete=True, results_ready=True, ok=True, ready=True,
        trigger_number=70_001, result_number=70_000, offline_reason=Offline.ONLINE, waiting=1,
    )  # fmt: skip
    registers = registers_of(outputs_image(outputs))
    yield "| field | value | registers | bytes (S7) |"
    yield "|---|---|---|---|"
    for item in OUTPUTS:
        words = registers[item.register : item.register + item.kind.registers]
        value = int(getattr(outputs, item.name))
        shown = ", ".join(f"{word:04X}" for word in words)
        octets = " ".join(f"{word >> 8:02X} {word & 255:02X}" for word in words)
        yield f"| `{item.name}` | {value} | {shown} | {octets} |"
    names = ", ".join(f"`{name}`" for name in STATUS_BITS if getattr(outputs, name))
    yield f'\n`status` is {outputs.status}: {names}. With `words = "low"` 70001 is 1171, 0001.'
