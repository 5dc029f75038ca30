"""The memory of a simulated Siemens PLC: a data block that is served over S7."""

from snap7.server import EVC_DATA_WRITE, Server
from snap7.type import SrvArea, SrvEvent

from okng.connect.plc.carriers.s7 import Block
from okng.connect.plc.image import inputs_image, outputs_of
from okng.connect.plc.layout import OUTPUT_REGISTERS
from okng.connect.plc.signals import Inputs, Outputs
from okng.testing.line.plc.plc_memory import nothing


class ServingDataBlock:
    """A PLC that serves one data block."""

    def __init__(self, port: int, block: Block = Block(1)) -> None:  # noqa: B008 - it is immutable
        self.written = nothing
        self._port, self._block = port, block
        self._bytes = bytearray(block.outputs + 2 * OUTPUT_REGISTERS)
        self._server = Server(log=False)

    async def open(self) -> None:
        """Listen."""
        self._server.register_area(SrvArea.DB, self._block.db, self._bytes)
        self._server.set_events_callback(self._happened)
        self._server.start_to("127.0.0.1", self._port)

    def _happened(self, event: SrvEvent) -> None:
        if event.EvtCode == EVC_DATA_WRITE:
            self.written()

    def outputs(self) -> Outputs:
        """Bytes that the station wrote."""
        return outputs_of(bytes(self._bytes[self._block.outputs :]))

    async def read(self) -> Outputs:
        """The same."""
        return self.outputs()

    async def write(self, inputs: Inputs) -> None:
        """Bytes that the station reads."""
        image = inputs_image(inputs)
        start = self._block.inputs
        self._bytes[start : start + len(image)] = image

    async def close(self) -> None:
        """Stop listening."""
        self._server.stop()
