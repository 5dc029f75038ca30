"""A message on an MQTT topic is one part in front of the camera."""

import json
from collections import OrderedDict
from collections.abc import Iterator
from typing import ClassVar
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from okng.connect.contracts import Around, Finding, Shot, Trigger, TriggerSettings
from okng.connect.mqtt_in.broker import BrokerFields
from okng.connect.mqtt_in.listener import Listener, Received
from okng.connect.part import nobody

_REMEMBERED = 10_000  # keys: a repeat comes within seconds


class MqttTriggerSettings(TriggerSettings, BrokerFields):
    """Messages on an MQTT topic; each is one part."""

    kind: ClassVar[str] = "mqtt"

    def check(self, around: Around) -> list[Finding]:
        """Connect and subscribe."""
        trigger = self._trigger(around, f"check-{uuid4().hex[:12]}")
        try:
            trigger.open()
        finally:
            trigger.close()
        return self.findings()

    def trigger(self, around: Around) -> Trigger:
        """The trigger; it is not connected yet."""
        return self._trigger(around, uuid4().hex[:12])

    def _trigger(self, around: Around, suffix: str) -> "MqttTrigger":
        identifier = f"okng-{around.station}-trigger-{suffix}"
        return MqttTrigger(Listener(self, identifier, persistent=False))


class TriggerMessage(BaseModel):
    """What a message may say, as JSON; an empty message says nothing."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    key: str | None = Field(None, min_length=1, max_length=200)
    serial: str | None = Field(None, max_length=200)
    batch: str | None = Field(None, max_length=200)
    product: str | None = Field(None, max_length=200)


class MqttTrigger:
    """Each message is one part; one that came twice, by its key, is still one.

    Messages that came while nobody listened are lost on purpose: their parts have passed.

    Args:
        listener: of the topic.
    """

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._keys: OrderedDict[str, None] = OrderedDict()

    def open(self) -> None:
        """Connect and subscribe."""
        self._listener.open()

    def shots(self) -> Iterator[Shot]:
        """Parts, until `close`."""
        for received in self._listener.messages():
            received.taken()
            shot = self._shot(received)
            if shot is not None:
                yield shot

    def close(self) -> None:
        """Disconnect."""
        self._listener.close()

    def _shot(self, received: Received) -> Shot | None:
        message = read_message(received.payload)
        key = message.key or uuid4().hex
        if key in self._keys:
            return None
        self._keys[key] = None
        while len(self._keys) > _REMEMBERED:
            self._keys.popitem(last=False)
        return Shot(key, _stays, nobody, message.serial, message.batch, message.product)


def read_message(payload: bytes) -> TriggerMessage:
    """What a message says. One that is no JSON triggers all the same: a part is there."""
    try:
        given = json.loads(payload) if payload.strip() else {}
        return TriggerMessage.model_validate(given)
    except (ValueError, ValidationError, RecursionError):
        return TriggerMessage()


def _stays() -> None:
    """Nobody moves the part."""
