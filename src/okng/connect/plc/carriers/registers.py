"""Holding registers over Modbus TCP, as client and as server.

No other module loads pymodbus: its API changes in nearly every minor version.
"""

from collections.abc import Awaitable, Callable, Sequence

from pymodbus import ModbusException
from pymodbus.client import AsyncModbusTcpClient
from pymodbus.constants import ExcCodes
from pymodbus.pdu import ExceptionResponse, ModbusPDU
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from okng.errors import ConnectError, RefusedError


class RegisterClient:
    """Reads and writes holding registers of another machine.

    Args:
        host: name or address.
        port: usually 502.
        unit: Modbus unit.
        timeout_s: seconds after which a request has failed.
    """

    def __init__(self, host: str, port: int, unit: int, *, timeout_s: float = 1.0) -> None:
        self.where = f"{host}:{port}, unit {unit}"
        self._address = (host, port)
        self._unit = unit
        self._timeout_s = timeout_s
        self._client: AsyncModbusTcpClient | None = None

    async def connect(self) -> None:
        """Connect.

        Raises:
            ConnectError: nobody listens there.
        """
        host, port = self._address
        self._client = AsyncModbusTcpClient(
            host, port=port, timeout=self._timeout_s, retries=0, reconnect_delay=0
        )
        if not await self._client.connect():
            raise ConnectError(
                "The PLC does not answer on Modbus TCP",
                where=self.where,
                hint="look at the address, the port and the cable; its Modbus server must be on",
            )

    async def read(self, first: int, count: int) -> list[int]:
        """Registers, in one request.

        Raises:
            ConnectError: the connection is lost.
            RefusedError: there are no such registers.
        """
        request = self._connected().read_holding_registers(first, count=count, device_id=self._unit)
        registers = list((await self._response(request)).registers)
        if len(registers) != count:
            raise ConnectError(f"The PLC sent {len(registers)} registers", where=self.where)
        return registers

    async def write(self, first: int, registers: list[int]) -> None:
        """Write registers, in one request.

        Raises:
            ConnectError: the connection is lost.
            RefusedError: there are no such registers, or they cannot be written.
        """
        client = self._connected()
        await self._response(client.write_registers(first, registers, device_id=self._unit))

    def close(self) -> None:
        """Disconnect."""
        if self._client is not None:
            self._client.close()

    def _connected(self) -> AsyncModbusTcpClient:
        if self._client is None or not self._client.connected:
            raise ConnectError("The connection to the PLC is lost", where=self.where)
        return self._client

    async def _response(self, request: Awaitable[ModbusPDU]) -> ModbusPDU:
        try:
            response = await request
        except (ModbusException, OSError) as error:
            raise ConnectError(f"The PLC does not answer: {error}", where=self.where) from error
        if response.isError():
            raise _refusal(response, self.where)
        return response


def _refusal(response: ModbusPDU, where: str) -> RefusedError:
    number = response.exception_code if isinstance(response, ExceptionResponse) else 0
    return RefusedError(
        f"The PLC refuses the registers: {_EXCEPTIONS.get(number, f'exception {number}')}",
        where=where,
        hint="compare `unit`, `inputs` and `outputs` with the registers of the PLC",
    )


_EXCEPTIONS = {
    1: "it does not have the function (exception 1)",
    2: "there are no such registers (exception 2)",
    3: "it does not take the value (exception 3)",
    4: "it failed (exception 4)",
    10: "there is no way to the unit (exception 10)",
    11: "the unit does not answer (exception 11)",
}


class RegisterServer:
    """Two blocks of holding registers: one that others write, and one that they only read.

    Args:
        listen: address of this machine; 0.0.0.0 for all of its networks.
        port: usually 502.
        unit: Modbus unit; 0 for any.
        written: first register and number of those that others write.
        shown: likewise of those that they read.

    Attributes:
        values: what others wrote.
        own: what they read.
    """

    def __init__(
        self, listen: str, port: int, unit: int, written: tuple[int, int], shown: tuple[int, int]
    ) -> None:
        self._address = (listen, port)
        self._unit = unit
        self._written, self._shown = written, shown
        self.values = [0] * written[1]
        self.own = [0] * shown[1]
        self._wake: Callable[[], None] = _nobody
        self._server: ModbusTcpServer | None = None

    async def start(self, wake: Callable[[], None]) -> None:
        """Listen; `wake` is called in the event loop after every write.

        Raises:
            ConnectError: the address is in use, or not of this machine.
        """
        self._wake = wake
        blocks = [
            SimData(first, count=count, values=0, datatype=DataType.REGISTERS, readonly=readonly)
            for (first, count), readonly in sorted([(self._written, False), (self._shown, True)])
        ]
        device = SimDevice(self._unit, blocks, action=self._accessed)
        self._server = ModbusTcpServer(device, address=self._address)
        try:
            await self._server.serve_forever(background=True)
        except (RuntimeError, OSError) as error:
            raise ConnectError(
                "The station cannot listen for the PLC",
                where="{}:{}".format(*self._address),
                hint="another program may listen there; ports below 1024 need the right to bind",
            ) from error

    async def stop(self) -> None:
        """End every connection."""
        if self._server is not None:
            await self._server.shutdown()  # type: ignore[no-untyped-call]
            self._server = None

    async def _accessed(
        self,
        _function: int,
        first: int,
        address: int,
        _count: int,
        registers: list[int],
        values: Sequence[int] | None,
    ) -> ExcCodes | None:
        """Before a request is answered: show the own registers of now, and take what is written."""
        place = self._shown[0] - first
        registers[place : place + len(self.own)] = self.own
        if values:
            start = address - self._written[0]
            self.values[start : start + len(values)] = values
            self._wake()
        return None


def _nobody() -> None:
    """Nobody waits for a write."""
