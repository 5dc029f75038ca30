"""Verdicts to an MQTT broker: QoS 1, each acknowledged before it counts as delivered.

Topics below `okng/SITE/STATION`: `state` (retained; the broker writes `offline` where the station
is lost), `verdict` and `alarm` (not retained). Without permission for a topic, MQTT 5 gives a
reason code, so the sink is at fault and nothing is lost; MQTT 3.1.1 gives none, and brokers drop
such a message in silence.
"""

import threading
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from pydantic import Field

from okng.config.sections import Duration
from okng.connect.contracts import Around, Finding, Sink, SinkSettings
from okng.connect.credentials import secret
from okng.connect.delivery import Alarm, Delivery
from okng.connect.messages import AlarmMessage, StateMessage, VerdictMessage
from okng.connect.tls import certificate_fault, client_context, probe, refuse_expired
from okng.error_codes import Code
from okng.errors import ConnectError, RefusedError

if TYPE_CHECKING:
    from paho.mqtt.reasoncodes import ReasonCode

_BYE_SECONDS = 1.0
"""How long `offline` may take at the end; the last will follows where it does not arrive."""
_FAILED = 0x80
"""Reason codes from here on are failures (MQTT 5, 2.4)."""
_UNAUTHORISED = frozenset({0x86, 0x87})
"""Bad user name or password; not authorised."""
_NEVER = frozenset({0x90, 0x95, 0x99})
"""Topic name invalid, packet too large, payload format invalid: a repeat has the same answer."""


class MqttVersion(StrEnum):
    """Version of the protocol."""

    V5 = "5"
    V3 = "3.1.1"


class Encryption(StrEnum):
    """Whether the connection is encrypted."""

    NONE = "none"
    TLS = "tls"


class MqttSettings(SinkSettings):
    """A broker that gets the verdicts."""

    kind: ClassVar[str] = "mqtt"

    host: str = Field(min_length=1, description="Name or address of the broker.")
    port: int | None = Field(
        None, ge=1, le=65535, description="1883, or 8883 with TLS, if not given."
    )
    version: MqttVersion = Field(
        MqttVersion.V5, description="With 3.1.1, a broker drops what it forbids in silence."
    )
    client_id: str = Field(
        "", max_length=100, description="Name at the broker; okng-SITE-STATION-NAME, if empty."
    )
    topic: str = Field(
        "okng", pattern=r"^[^+#\x00]+$", description="Before /SITE/STATION in every topic."
    )
    user: str | None = Field(None, description="Name for the login.")
    password_file: Path | None = Field(None, description="File with the password.")
    password_env: str | None = Field(None, description="Variable with the password.")
    encryption: Encryption = Field(Encryption.NONE, description="Whether TLS is used.")
    ca_file: Path | None = Field(
        None, description="Certificates that are trusted; those of the system if not given."
    )
    cert_file: Path | None = Field(None, description="Certificate of the station.")
    key_file: Path | None = Field(None, description="Private key of that certificate.")
    keepalive: int = Field(
        30, ge=5, le=3600, description="Seconds of silence after which the connection is tested."
    )
    timeout: Duration = Field(
        10.0, gt=0, le=300, description="Time to connect, and to acknowledge a message."
    )

    @property
    def address(self) -> str:
        """Host and port."""
        standard = 8883 if self.encryption is Encryption.TLS else 1883
        return f"{self.host}:{self.port or standard}"

    def check(self, around: Around) -> list[Finding]:
        """Connect and leave, without a word to any topic."""
        client = _Connection(self, f"{self._client_id(around)}-check", None)
        try:
            client.open()
        finally:
            client.close()
        findings = [Finding("broker", f"{self.address}, MQTT {self.version.value}")]
        if self.cert_file is not None:
            last = refuse_expired(self.cert_file)
            findings.append(Finding("certificate", f"{self.cert_file}, until {last:%Y-%m-%d}"))
        return findings

    def sink(self, around: Around) -> Sink:
        """The sink."""
        return MqttSink(self, around, self._client_id(around))

    def _client_id(self, around: Around) -> str:
        return self.client_id or f"okng-{around.site}-{around.station}-{self.title}"


class MqttSink:
    """Publishes verdicts and alarms.

    Args:
        settings: of the broker.
        around: the station.
        client_id: its name at the broker.
    """

    def __init__(self, settings: MqttSettings, around: Around, client_id: str) -> None:
        self._settings, self._around, self._client_id = settings, around, client_id
        # a slash in a name would be another level, and a wildcard is not allowed
        site, station = (_level(name) for name in (around.site, around.station))
        self._base = f"{settings.topic}/{site}/{station}"
        self._connection: _Connection | None = None

    def open(self) -> None:
        """Connect, and tell that the station is online."""
        will = f"{self._base}/state", StateMessage.of("offline", self._around).body()
        self._connection = _Connection(self._settings, self._client_id, will)
        self._connection.open()
        online = StateMessage.of("online", self._around).body()
        self._connection.publish([(f"{self._base}/state", online)], retain=True)

    def send(self, deliveries: Sequence[Delivery]) -> None:
        """Publish verdicts; return once the broker has acknowledged all of them."""
        topic = f"{self._base}/verdict"
        self._connected().publish(
            [(topic, VerdictMessage.of(each, self._around).body()) for each in deliveries]
        )

    def alarm(self, alarm: Alarm) -> None:
        """Publish an alarm; without permission for its topic it is refused, and holds up nothing.

        Raises:
            RefusedError: likewise.
        """
        body = AlarmMessage.of(alarm, self._around).body()
        try:
            self._connected().publish([(f"{self._base}/alarm", body)])
        except ConnectError as fault:
            if fault.code is not Code.CONNECT_LOGIN:
                raise
            raise RefusedError(fault.what, where=fault.where, hint=fault.hint) from fault

    def close(self) -> None:
        """Tell that the station is offline, and leave."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        if connection.is_up:
            offline = StateMessage.of("offline", self._around).body()
            connection.last_word(f"{self._base}/state", offline)
        connection.close()

    def _connected(self) -> "_Connection":
        if self._connection is None:
            raise ConnectError("The sink is not open", where=self._settings.address)
        return self._connection


class _Connection:
    """One connection to a broker; a lost one is not mended but replaced by another.

    Callbacks come in the thread of paho.
    """

    def __init__(
        self, settings: MqttSettings, client_id: str, will: tuple[str, bytes] | None
    ) -> None:
        self._settings = settings
        version5 = settings.version is MqttVersion.V5
        self._client = client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            protocol=MQTTProtocolVersion.MQTTv5 if version5 else MQTTProtocolVersion.MQTTv311,
            reconnect_on_failure=False,
        )
        client.connect_timeout = settings.timeout
        if will is not None:
            client.will_set(*will, qos=1, retain=True)
        client.on_connect, client.on_disconnect = self._on_connect, self._on_disconnect
        client.on_publish = self._on_publish
        self._changed = threading.Condition()
        self._answer: ReasonCode | None = None
        self._lost: ReasonCode | None = None
        self._acknowledged: dict[int, int] = {}

    @property
    def is_up(self) -> bool:
        """Whether the broker has accepted it and not lost it."""
        accepted = self._answer is not None and not self._answer.is_failure
        return accepted and self._lost is None

    def open(self) -> None:
        """Connect, and wait until the broker has accepted it.

        Raises:
            ConnectError: it has not.
            ConfigError: a file of the settings cannot be read.
        """
        settings, client = self._settings, self._client
        password = secret(settings.password_file, settings.password_env, "password")
        if settings.user is not None:
            client.username_pw_set(settings.user, password)
        host, _, port = settings.address.rpartition(":")
        if settings.encryption is Encryption.TLS:
            context = client_context(settings.ca_file, settings.cert_file, settings.key_file)
            # paho leaves the socket of a failed handshake open
            probe(host, int(port), context, settings.timeout)
            client.tls_set_context(context)
        try:
            client.connect(host, int(port), keepalive=settings.keepalive)
        except (OSError, ValueError) as exc:
            raise self._unreachable(exc) from exc
        client.loop_start()
        with self._changed:
            self._changed.wait_for(
                lambda: self._answer is not None or self._lost is not None, settings.timeout
            )
        if not self.is_up:
            raise self._refused()

    def publish(self, messages: Sequence[tuple[str, bytes]], *, retain: bool = False) -> None:
        """Publish messages in their order, and wait until each is acknowledged.

        Raises:
            ConnectError: the connection is lost, or the station may not publish there.
            RefusedError: the broker will never take one of them.
        """
        if not self.is_up:
            raise self._gone()
        topics: dict[int, str] = {}
        for topic, body in messages:
            info = self._client.publish(topic, body, qos=1, retain=retain)
            if info.rc is MQTTErrorCode.MQTT_ERR_NO_CONN:
                raise self._gone()
            topics[info.mid] = topic
        self._await(topics)
        codes = {mid: self._acknowledged.pop(mid) for mid in topics}
        for mid, code in codes.items():
            if code >= _FAILED:
                raise self._not_published(topics[mid], code)

    def last_word(self, topic: str, body: bytes) -> None:
        """Publish a retained message, and wait a moment for it."""
        info = self._client.publish(topic, body, qos=1, retain=True)
        with self._changed:
            self._changed.wait_for(lambda: info.mid in self._acknowledged, _BYE_SECONDS)

    def close(self) -> None:
        """Leave the broker."""
        self._client.disconnect()
        self._client.loop_stop()

    def _await(self, topics: dict[int, str]) -> None:
        """Wait for all acknowledgements, as long as one arrives now and then."""
        waiting, limit = set(topics), monotonic() + self._settings.timeout
        with self._changed:
            while waiting := waiting - self._acknowledged.keys():
                if self._lost is not None:
                    raise self._gone()
                before = len(waiting)
                self._changed.wait(max(0.0, limit - monotonic()))
                if len(waiting - self._acknowledged.keys()) < before:
                    limit = monotonic() + self._settings.timeout
                elif monotonic() >= limit:
                    raise ConnectError(
                        f"The broker acknowledged nothing for {self._settings.timeout:g} s",
                        where=self._settings.address,
                        hint="Look at its load and its log.",
                    )

    def _on_connect(self, *given: Any) -> None:
        with self._changed:
            self._answer = given[3]
            self._changed.notify_all()

    def _on_disconnect(self, *given: Any) -> None:
        with self._changed:
            self._lost = given[3]
            self._changed.notify_all()

    def _on_publish(self, *given: Any) -> None:
        mid, reason = given[2], given[3]
        with self._changed:
            self._acknowledged[mid] = reason.value
            self._changed.notify_all()

    def _unreachable(self, fault: Exception) -> ConnectError:
        where = self._settings.address
        return certificate_fault(fault, where) or ConnectError(
            f"The broker cannot be reached: {getattr(fault, 'strerror', None) or fault}",
            where=where,
            hint="Check that it runs, and that host and port are right.",
        )

    def _refused(self) -> ConnectError:
        where, answer = self._settings.address, self._answer
        if answer is None:
            return ConnectError(
                "The broker does not answer as one of MQTT does", where=where,
                hint="Check that this port speaks MQTT, with or without TLS as set.",
            )  # fmt: skip
        if answer.value in _UNAUTHORISED:
            return ConnectError(
                f"The broker does not accept the login: {answer}", where=where,
                hint="Check `user` and the password.", code=Code.CONNECT_LOGIN,
            )  # fmt: skip
        return ConnectError(f"The broker does not accept the connection: {answer}", where=where)

    def _gone(self) -> ConnectError:
        reason = "" if self._lost is None else f": {self._lost}"
        return ConnectError(
            f"The connection to the broker is lost{reason}", where=self._settings.address,
            hint="A second station with the same `client_id` would take it over again and again.",
        )  # fmt: skip

    def _not_published(self, topic: str, code: int) -> ConnectError:
        if code in _UNAUTHORISED:
            return ConnectError(
                "The station may not publish to a topic", where=topic,
                hint="Give its user the right to write there; verdicts wait until then.",
                code=Code.CONNECT_LOGIN,
            )  # fmt: skip
        if code in _NEVER:
            return RefusedError(f"The broker refuses a message, reason code {code}", where=topic)
        return ConnectError(f"The broker did not take a message, reason code {code}", where=topic)


def _level(name: str) -> str:
    return "".join("_" if each in "/+#\x00" else each for each in name)
