"""A PLC over OPC UA."""

from pathlib import Path
from typing import ClassVar, Self

from pydantic import Field, model_validator

from okng.config import Duration
from okng.connect.plc.carrier import Carrier
from okng.connect.plc.carriers.opcua import OpcUaClient, Reading, Server
from okng.connect.plc.carriers.opcua_access import Keys, Login, Policy
from okng.connect.plc.carriers.tags import tags_of
from okng.connect.plc.settings.base import PlcSettings


class OpcUaPlcSettings(PlcSettings):
    """A PLC that is an OPC UA server."""

    kind: ClassVar[str] = "plc-opcua"

    url: str = Field(pattern=r"^opc\.tcp://[^/@\s]+", description="Such as opc.tcp://plc:4840.")
    node_prefix: str = Field(
        "ns=2;s=okng.",
        description="Beginning of all node ids; in.control and out.status follow it.",
    )
    nodes: dict[str, str] = Field(
        {},
        description="Node ids that differ, by name, such as out.status; empty where there is none.",
    )
    reading: Reading = Field(
        Reading.POLL, description="Read `control` again and again, or when it changes."
    )
    poll: Duration = Field(
        0.005, ge=0.001, le=1,
        description="Time between two readings; with subscribe, the publishing interval.",
    )  # fmt: skip
    timeout: Duration = Field(3.0, gt=0, le=60, description="Time after which a request failed.")
    policy: Policy = Field(Policy.BASIC256SHA256, description="Security policy.")
    certificate: Path | None = Field(None, description="Certificate of the station, PEM or DER.")
    private_key: Path | None = Field(None, description="Its key, PEM or DER.")
    server_certificate: Path | None = Field(
        None, description="Certificate of the PLC, the only one that is trusted."
    )
    user: str = Field("", description="User of the PLC; empty for an anonymous session.")
    password_file: Path | None = Field(
        None, description="File with the password of the user, and nothing else."
    )
    insecure: bool = Field(
        False,
        description="Connect without certificates: anybody in the network can read and write.",
    )

    @model_validator(mode="after")
    def _security_is_whole(self) -> Self:
        given = (self.certificate, self.private_key, self.server_certificate)
        if self.insecure and any(given):
            raise ValueError("`insecure` and certificates exclude each other")
        if not self.insecure and not all(given):
            raise ValueError(
                "`certificate`, `private_key` and `server_certificate` are needed; without them "
                "`insecure = true` must be set"
            )
        if bool(self.user) != (self.password_file is not None):
            raise ValueError("`user` and `password_file` belong together")
        return self

    def carrier(self) -> Carrier:
        """A client of the PLC.

        Raises:
            ConfigError: a node id is none.
        """
        keys = login = None
        if self.certificate and self.private_key and self.server_certificate:
            keys = Keys(self.policy, self.certificate, self.private_key, self.server_certificate)
        if self.password_file:
            login = Login(self.user, self.password_file)
        return OpcUaClient(
            Server(self.url, keys, login), tags_of(self.node_prefix, self.nodes),
            reading=self.reading, poll_s=self.poll, timeout_s=self.timeout,
        )  # fmt: skip
