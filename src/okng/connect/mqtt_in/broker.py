"""Where a broker is and how to log in: fields of settings, and a client of paho made of them."""

import ssl
from pathlib import Path
from typing import Self

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from pydantic import BaseModel, ConfigDict, Field, model_validator

from okng.connect.contracts import Finding
from okng.error_codes import Code
from okng.errors import ConfigError


class BrokerFields(BaseModel):
    """A broker that messages come from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field("localhost", min_length=1, max_length=255, description="Of the broker.")
    port: int = Field(1883, ge=1, le=65535, description="Of the broker; 8883 with TLS.")
    tls: bool = Field(False, description="Encrypt the connection.")
    ca_file: Path | None = Field(
        None,
        description="Authorities of the broker's certificate (PEM); the system's if left out.",
    )
    certificate_file: Path | None = Field(None, description="This client's certificate (PEM).")
    key_file: Path | None = Field(None, description="Its key (PEM).")
    user: str = Field("", max_length=200, description="Name to log in with.")
    password_file: Path | None = Field(
        None, description="File with the password of `user`, and nothing else."
    )
    topic: str = Field(
        min_length=1,
        max_length=1000,
        description="Topic that messages come on; + and # stand for levels, as MQTT has it.",
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.certificate_file is None) != (self.key_file is None):
            raise ValueError("`certificate_file` and `key_file` go together")
        if self.certificate_file and not self.tls:
            raise ValueError("a certificate needs `tls = true`")
        return self

    @property
    def where(self) -> str:
        """The broker and the topic, for errors."""
        return f"{self.host}:{self.port}, topic {self.topic}"

    def findings(self) -> list[Finding]:
        """What a check shows of it."""
        secured = "with TLS" if self.tls else "without TLS"
        return [Finding("broker", f"{self.host}:{self.port}, {secured}"),
                Finding("topic", self.topic)]  # fmt: skip


def client_of(broker: BrokerFields, identifier: str, *, persistent: bool) -> mqtt.Client:
    """A client that is not connected yet; messages are acknowledged by hand.

    Args:
        broker: where it connects to.
        identifier: of the client; two clients with one throw each other out.
        persistent: whether the broker keeps messages while the client is away.

    Raises:
        ConfigError: a file of the settings cannot be read.
    """
    client = mqtt.Client(
        CallbackAPIVersion.VERSION2,
        identifier,
        clean_session=not persistent,
        reconnect_on_failure=False,  # the runner alone opens connections anew
        manual_ack=True,
    )
    if broker.user:
        client.username_pw_set(broker.user, _password(broker))
    if broker.tls:
        client.tls_set_context(_context(broker))
    return client


def _password(broker: BrokerFields) -> str | None:
    if broker.password_file is None:
        return None
    try:
        return broker.password_file.read_text().strip()
    except OSError as exc:
        raise _unreadable(exc, broker.password_file, "password_file") from exc


def _context(broker: BrokerFields) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=broker.ca_file)
    except OSError as exc:
        raise _unreadable(exc, broker.ca_file, "ca_file") from exc
    if broker.certificate_file is not None and broker.key_file is not None:
        try:
            context.load_cert_chain(broker.certificate_file, broker.key_file)
        except OSError as exc:
            raise _unreadable(exc, broker.certificate_file, "certificate_file") from exc
    return context


def _unreadable(exc: OSError, path: Path | None, name: str) -> ConfigError:
    return ConfigError(
        f"The file of `{name}` cannot be used: {exc.strerror or exc}.",
        where=path,
        hint="Correct the path, or its rights for the user of okng.",
        code=Code.SETTINGS_INVALID,
    )
