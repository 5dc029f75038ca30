"""The memory of a simulated PLC, and how a network reaches it: Modbus TCP, in both directions."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from okng.connect.plc.carriers.modbus import Place
from okng.connect.plc.carriers.registers import RegisterClient, RegisterServer
from okng.connect.plc.image import image_of, inputs_image, outputs_of, registers_of
from okng.connect.plc.layout import INPUT_REGISTERS, OUTPUT_REGISTERS
from okng.connect.plc.signals import Inputs, Outputs
from okng.errors import ConnectError

_TRIES = 200


class Memory(Protocol):
    """What the program of a PLC reads at the start of a cycle, and writes at its end."""

    async def open(self) -> None:
        """Serve the memory, or connect to the station."""

    async def read(self) -> Outputs:
        """What the station signals."""

    async def write(self, inputs: Inputs) -> None:
        """What the PLC signals."""

    async def close(self) -> None:
        """End it."""


class Watched:
    """A memory of which every reading is listed in `seen`."""

    def __init__(self, memory: Memory, seen: list[Outputs]) -> None:
        self._memory, self._seen = memory, seen

    async def open(self) -> None:
        """As the memory does."""
        await self._memory.open()

    async def read(self) -> Outputs:
        """What the station signals; it is listed."""
        outputs = await self._memory.read()
        self._seen.append(outputs)
        return outputs

    async def write(self, inputs: Inputs) -> None:
        """As the memory does."""
        await self._memory.write(inputs)

    async def close(self) -> None:
        """As the memory does."""
        await self._memory.close()


class ServedMemory(Memory, Protocol):
    """A memory that the PLC serves: it has what the station wrote at once.

    Attributes:
        written: called after each write of the station, in any thread.
    """

    written: Callable[[], None]

    def outputs(self) -> Outputs:
        """What the station signals now."""


def nothing() -> None:
    """Nothing happens at a write."""


class ServingRegisters:
    """A PLC that is a Modbus TCP server."""

    def __init__(self, port: int, place: Place = Place()) -> None:  # noqa: B008 - it is immutable
        self.written = nothing
        self._place = place
        self._server = RegisterServer(
            "127.0.0.1", port, 1,
            written=(place.outputs, OUTPUT_REGISTERS), shown=(place.inputs, INPUT_REGISTERS),
        )  # fmt: skip

    async def open(self) -> None:
        """Listen."""
        await self._server.start(lambda: self.written())  # noqa: PLW0108 - of then, not of now

    def outputs(self) -> Outputs:
        """Registers that the station wrote."""
        return outputs_of(image_of(self._server.values), self._place.order)

    async def read(self) -> Outputs:
        """The same."""
        return self.outputs()

    async def write(self, inputs: Inputs) -> None:
        """Registers that the station reads."""
        self._server.own[:] = registers_of(inputs_image(inputs, self._place.order))

    async def close(self) -> None:
        """Stop listening."""
        await self._server.stop()


class PollingRegisters:
    """A PLC that is a Modbus TCP client: it reads and writes registers of the station."""

    def __init__(self, port: int, place: Place = Place()) -> None:  # noqa: B008 - it is immutable
        self._place = place
        self._client = RegisterClient("127.0.0.1", port, 1)

    async def open(self) -> None:
        """Connect, as soon as the station listens."""
        for _ in range(_TRIES - 1):
            with suppress(ConnectError):
                return await self._client.connect()
            await asyncio.sleep(0.05)
        return await self._client.connect()

    async def read(self) -> Outputs:
        """Registers of the station."""
        registers = await self._client.read(self._place.outputs, OUTPUT_REGISTERS)
        return outputs_of(image_of(registers), self._place.order)

    async def write(self, inputs: Inputs) -> None:
        """Texts first, then the control word: a trigger never comes with an older serial."""
        registers = registers_of(inputs_image(inputs, self._place.order))
        await self._client.write(self._place.inputs + 1, registers[1:])
        await self._client.write(self._place.inputs, registers[:1])

    async def close(self) -> None:
        """Disconnect."""
        self._client.close()
