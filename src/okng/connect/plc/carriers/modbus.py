"""Modbus TCP, in both directions: the PLC is the server, or the station is."""

import asyncio
from typing import NamedTuple

from okng.connect.contracts import Finding
from okng.connect.plc.carrier import Wake
from okng.connect.plc.carriers.registers import RegisterClient, RegisterServer
from okng.connect.plc.image import Order, image_of, inputs_of, outputs_image, registers_of
from okng.connect.plc.layout import INPUT_REGISTERS, OUTPUT_REGISTERS
from okng.connect.plc.signals import Inputs, Outputs


class Place(NamedTuple):
    """Where the two blocks are: addresses of holding registers, from 0 as on the wire.

    Attributes:
        inputs: first register of the inputs.
        outputs: first register of the outputs.
        order: of words and characters.
    """

    inputs: int = 0
    outputs: int = 100
    order: Order = Order()

    def findings(self) -> list[Finding]:
        """Both spans of registers."""
        return [
            Finding("inputs", _span(self.inputs, INPUT_REGISTERS)),
            Finding("outputs", _span(self.outputs, OUTPUT_REGISTERS)),
        ]


class ModbusClient:
    """The station reads and writes registers of the PLC, which is the server.

    Args:
        client: that is not connected yet.
        place: of the registers.
        poll_s: seconds between two readings.
    """

    def __init__(self, client: RegisterClient, place: Place, *, poll_s: float) -> None:
        self.poll_s = poll_s
        self._client = client
        self._place = place

    async def open(self, _wake: Wake) -> None:
        """Connect."""
        await self._client.connect()

    async def read(self) -> Inputs:
        """Inputs of now, in one request."""
        registers = await self._client.read(self._place.inputs, INPUT_REGISTERS)
        return inputs_of(image_of(registers), self._place.order)

    async def write(self, outputs: Outputs) -> None:
        """All outputs, in one request."""
        registers = registers_of(outputs_image(outputs, self._place.order))
        await self._client.write(self._place.outputs, registers)

    async def close(self) -> None:
        """Disconnect."""
        self._client.close()

    async def check(self) -> list[Finding]:
        """The server answers, and has both blocks. Whether it takes writes is seen later."""
        try:
            await self._client.connect()
            await self._client.read(self._place.inputs, INPUT_REGISTERS)
            await self._client.read(self._place.outputs, OUTPUT_REGISTERS)
        finally:
            self._client.close()
        return [Finding("plc", self._client.where), *self._place.findings()]


class ModbusServer:
    """The PLC reads and writes registers of the station, which is the server.

    Args:
        listen: address of this machine.
        port: usually 502.
        unit: Modbus unit; 0 for any.
        place: of the registers.
    """

    poll_s = 1.0  # every write of the PLC wakes it

    def __init__(self, listen: str, port: int, unit: int, place: Place) -> None:
        self._where = f"{listen}:{port}"
        self._place = place
        inputs, outputs = (place.inputs, INPUT_REGISTERS), (place.outputs, OUTPUT_REGISTERS)
        self._server = RegisterServer(listen, port, unit, written=inputs, shown=outputs)

    async def open(self, wake: Wake) -> None:
        """Listen."""
        await self._server.start(wake)

    async def read(self) -> Inputs:
        """What the PLC wrote last."""
        return inputs_of(image_of(self._server.values), self._place.order)

    async def write(self, outputs: Outputs) -> None:
        """Show outputs to the PLC, all at once."""
        self._server.own[:] = registers_of(outputs_image(outputs, self._place.order))

    async def close(self) -> None:
        """Stop listening."""
        await self._server.stop()
        await asyncio.sleep(0)  # its connections end in the next turn

    async def check(self) -> list[Finding]:
        """The address can be listened to."""
        try:
            await self._server.start(lambda: None)
        finally:
            await self.close()
        return [Finding("listen", self._where), *self._place.findings()]


def _span(first: int, count: int) -> str:
    return f"registers {first} to {first + count - 1}"
