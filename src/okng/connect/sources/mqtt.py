"""Photos as messages of an MQTT topic: the broker keeps them until they are judged."""

import hashlib
from collections.abc import Iterator
from enum import StrEnum
from typing import ClassVar
from uuid import uuid4

from pydantic import Field

from okng.connect.contracts import Around, Finding, Source, SourceSettings
from okng.connect.mqtt_in.broker import BrokerFields
from okng.connect.mqtt_in.listener import Listener, Received
from okng.connect.part import Outcome, Part


class SerialFrom(StrEnum):
    """Where the serial number of a part stands."""

    NOWHERE = "nowhere"
    LAST_LEVEL = "last-level"


class MqttSourceSettings(SourceSettings, BrokerFields):
    """An MQTT topic whose messages are photos: the bytes of an image file."""

    kind: ClassVar[str] = "mqtt"

    serial: SerialFrom = Field(
        SerialFrom.NOWHERE, description="last-level: the last level of a topic is the serial."
    )

    def check(self, around: Around) -> list[Finding]:
        """Connect and subscribe."""
        identifier = f"okng-{around.station}-check-{uuid4().hex[:12]}"
        listener = Listener(self, identifier, persistent=False)
        try:
            listener.open()
        finally:
            listener.close()
        return self.findings()

    def source(self, around: Around) -> Source:
        """The source; it is not connected yet."""
        identifier = f"okng-{around.station}-{self.name or self.kind}"
        return MqttSource(Listener(self, identifier, persistent=True), self.serial)


class MqttSource:
    """Each message is one part. It is acknowledged once its verdict is on record.

    A photo that comes twice has the same key: the SHA-256 of its topic and bytes.

    Args:
        listener: of the topic.
        serial: where serial numbers stand.
    """

    def __init__(self, listener: Listener, serial: SerialFrom) -> None:
        self._listener = listener
        self._serial = serial

    def open(self) -> None:
        """Connect; the broker sends what came meanwhile."""
        self._listener.open()

    def parts(self) -> Iterator[Part]:
        """Photos, until `close`."""
        for received in self._listener.messages():
            yield self._part(received)

    def close(self) -> None:
        """Disconnect."""
        self._listener.close()

    def _part(self, received: Received) -> Part:
        def answered(outcome: Outcome) -> None:
            if outcome.row is not None:  # else the broker sends it again after the next start
                received.taken()

        last = received.topic.rpartition("/")[2]
        return Part(
            photo=received.payload,
            key=hashlib.sha256(received.topic.encode() + b"\0" + received.payload).hexdigest(),
            serial=last if self._serial is SerialFrom.LAST_LEVEL else None,
            answered=answered,
        )
