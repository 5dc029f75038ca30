"""S7: bytes of a data block of a Siemens PLC, by `GET` and `PUT`. Only this module loads snap7."""

import asyncio
from collections.abc import Awaitable
from typing import NamedTuple, TypeVar

from snap7.async_client import AsyncClient
from snap7.error import S7Error

from okng.connect.contracts import Finding
from okng.connect.plc.carrier import Wake
from okng.connect.plc.image import inputs_of, outputs_image
from okng.connect.plc.layout import INPUT_REGISTERS, OUTPUT_REGISTERS
from okng.connect.plc.signals import Inputs, Outputs
from okng.errors import ConnectError, RefusedError

T = TypeVar("T")
_INPUT_BYTES, _OUTPUT_BYTES = 2 * INPUT_REGISTERS, 2 * OUTPUT_REGISTERS


class Block(NamedTuple):
    """Where the signals are.

    Attributes:
        db: number of the data block; it must not be optimised.
        inputs: first byte of the inputs.
        outputs: first byte of the outputs.
    """

    db: int
    inputs: int = 0
    outputs: int = _INPUT_BYTES


class S7Client:
    """The station reads and writes a data block.

    Args:
        host: name or address of the PLC.
        port: usually 102.
        rack: of the CPU; 0.
        slot: of the CPU; 1 for S7-1200 and S7-1500, 2 for S7-300.
        block: of the signals.
        poll_s: seconds between two readings.
        timeout_s: seconds after which a request has failed.
    """

    def __init__(
        self,
        host: str,
        port: int,
        rack: int,
        slot: int,
        block: Block,
        *,
        poll_s: float,
        timeout_s: float,
    ) -> None:
        self.poll_s = poll_s
        self._where = f"{host}:{port}, rack {rack}, slot {slot}, DB{block.db}"
        self._address = (host, rack, slot, port)
        self._block = block
        self._timeout_s = timeout_s
        self._client: AsyncClient | None = None

    async def open(self, _wake: Wake) -> None:
        """Connect."""
        self._client = client = AsyncClient()
        try:
            async with asyncio.timeout(self._timeout_s):
                await client.connect(*self._address)
        except (S7Error, OSError) as error:
            raise ConnectError(
                f"The PLC does not answer on S7: {error}",
                where=self._where,
                hint="look at the address, the cable, and `rack` and `slot`",
            ) from error

    async def read(self) -> Inputs:
        """Inputs of now, in one request."""
        client = self._connected()
        block = self._block
        image = await self._answer(client.db_read(block.db, block.inputs, _INPUT_BYTES))
        return inputs_of(bytes(image))

    async def write(self, outputs: Outputs) -> None:
        """All outputs, in one request."""
        image = bytearray(outputs_image(outputs))
        client = self._connected()
        await self._answer(client.db_write(self._block.db, self._block.outputs, image))

    async def close(self) -> None:
        """Disconnect."""
        if self._client is not None:
            await self._client.disconnect()
            self._client = None

    async def check(self) -> list[Finding]:
        """The PLC answers, and its data block is long enough."""
        block = self._block
        try:
            await self.open(lambda: None)
            await self.read()
            client = self._connected()
            await self._answer(client.db_read(block.db, block.outputs, _OUTPUT_BYTES))
        finally:
            await self.close()
        return [
            Finding("plc", self._where),
            Finding("inputs", _span(block.db, block.inputs, _INPUT_BYTES)),
            Finding("outputs", _span(block.db, block.outputs, _OUTPUT_BYTES)),
        ]

    def _connected(self) -> AsyncClient:
        if self._client is None or not self._client.get_connected():
            raise ConnectError("The connection to the PLC is lost", where=self._where)
        return self._client

    async def _answer(self, request: Awaitable[T]) -> T:
        try:
            async with asyncio.timeout(self._timeout_s):
                return await request
        except (S7Error, OSError) as error:
            if self._client is not None and self._client.get_connected():
                raise _refusal(error, self._where) from error
            raise ConnectError(f"The PLC does not answer: {error}", where=self._where) from error


def _refusal(error: Exception, where: str) -> RefusedError:
    return RefusedError(
        f"The PLC refuses the data block: {error}",
        where=where,
        hint="the block must exist, be long enough and not optimised, and the CPU must permit "
        "access with PUT/GET",
    )


def _span(db: int, first: int, count: int) -> str:
    return f"DB{db}, bytes {first} to {first + count - 1}"
