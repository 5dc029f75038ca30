"""What carries the signals to a PLC and back: a protocol of the network. It knows no handshake."""

from collections.abc import Callable
from typing import Protocol

from okng.connect.contracts import Finding
from okng.connect.plc.signals import Inputs, Outputs

Wake = Callable[[], None]


class Carrier(Protocol):
    """One connection, used by one event loop.

    Attributes:
        poll_s: seconds between two readings. A carrier that calls `wake` needs none but to be sure.
    """

    poll_s: float

    async def open(self, wake: Wake) -> None:
        """Connect.

        Args:
            wake: to be called in the event loop when the inputs may have changed.

        Raises:
            ConnectError: the PLC cannot be reached now.
        """

    async def read(self) -> Inputs:
        """Inputs of now. Texts are not older than the trigger in `control`.

        Raises:
            ConnectError: the connection is lost.
        """

    async def write(self, outputs: Outputs) -> None:
        """Write all outputs; numbers are there before the status is.

        Raises:
            ConnectError: likewise.
        """

    async def close(self) -> None:
        """Let the connection go; also where `open` failed."""

    async def check(self) -> list[Finding]:
        """What is there, for `okng run --check`. It connects, changes nothing and closes.

        Raises:
            OkngError: something is missing, refused, or of another type.
        """
