"""The station as an OPC UA server after OPC 40100-1: clients read results, and may start jobs."""

import socket
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from pydantic import Field

from okng.connect.contracts import Around, Finding, Sink, SinkSettings
from okng.connect.delivery import Alarm, Delivery
from okng.connect.vision_server.jobs import Jobs
from okng.connect.vision_server.security import Access
from okng.connect.vision_server.server import Place, VisionServer
from okng.error_codes import Code
from okng.errors import ConfigError, ConnectError


class OpcUaServerSettings(SinkSettings):
    """An OPC UA server after OPC 40100-1 (Machine Vision)."""

    kind: ClassVar[str] = "opcua-server"

    host: str = Field("0.0.0.0", max_length=255, description="Address that it listens on.")  # noqa: S104
    port: int = Field(4840, ge=1, le=65535, description="TCP port.")
    user: str = Field("", max_length=100, description="Name that clients log in with.")
    password_file: Path | None = Field(
        None, description="File with the password of `user`, and nothing else."
    )
    certificate_folder: Path = Field(
        Path("opcua-server"),
        description="Folder of key and certificate, which are made at the first start.",
    )
    trusted_folder: Path | None = Field(
        None, description="Folder with certificates (DER) of clients; no others may connect, then."
    )
    results: int = Field(
        1000, ge=1, le=100_000, description="Results that clients can ask for; older ones are left."
    )
    insecure: bool = Field(
        False, description="Also without encryption and password: on a network of its own only."
    )

    def check(self, around: Around) -> list[Finding]:
        """Look at the password, and whether the port is free."""
        self._access()
        place = self._place(around)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.host, self.port))
            except OSError as exc:
                raise ConnectError(
                    f"The port {self.port} cannot be used: {exc.strerror}.",
                    where=place.endpoint,
                    hint="Choose another `port`, or end the program that uses it.",
                ) from exc
        return [Finding("endpoint", place.endpoint)]

    def sink(self, around: Around) -> Sink:
        """The sink; nobody listens yet."""
        jobs = around.shared.get(Jobs, self.name or self.kind, Jobs)
        return OpcUaServerSink(VisionServer(self._place(around), self._access(), jobs))

    def _place(self, around: Around) -> Place:
        return Place(self.host, self.port, around.site, around.station, self.results)

    def _access(self) -> Access:
        password = self._password()
        if not self.insecure and not (self.user and password):
            raise ConfigError(
                "The OPC UA server needs a user and a password.",
                where="`user` and `password_file`",
                hint="Set both; or `insecure = true`, on a network of its own only.",
            )
        return Access(
            self.user, password, self.certificate_folder, self.trusted_folder, self.insecure
        )

    def _password(self) -> str:
        if self.password_file is None:
            return ""
        try:
            return self.password_file.read_text().strip()
        except OSError as exc:
            raise ConfigError(
                f"The password of the OPC UA server cannot be read: {exc.strerror}.",
                where=self.password_file,
                hint="Set `password_file` to a file that the user of okng may read.",
                code=Code.SETTINGS_INVALID,
            ) from exc


class OpcUaServerSink:
    """Shows each verdict as a result.

    Args:
        server: not started.
    """

    def __init__(self, server: VisionServer) -> None:
        self._server = server

    def open(self) -> None:
        """Start the server."""
        self._server.start()

    def send(self, deliveries: Sequence[Delivery]) -> None:
        """Make results of them; those that clients have seen already are left out."""
        for delivery in deliveries:
            self._server.publish(delivery.row)

    def alarm(self, alarm: Alarm) -> None:
        """Send it as an event."""
        self._server.alarm(alarm)

    def close(self) -> None:
        """Stop the server."""
        self._server.stop()
