"""A subscriber of an MQTT broker that stores what it gets."""

import json
import threading
from collections.abc import Callable
from typing import Any, NamedTuple, Self

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties


class Heard(NamedTuple):
    """One message.

    Attributes:
        topic: of it.
        content: its JSON.
        retained: whether the broker had it before the listener came.
    """

    topic: str
    content: dict[str, Any]
    retained: bool


class Listener:
    """Gets all messages below a topic, QoS 1; to be used in a `with` block.

    Args:
        port: of a broker on 127.0.0.1.
        topic: filter of topics.
        session: name of a session that the broker remembers; none if empty.
    """

    def __init__(self, port: int, topic: str = "okng/#", session: str = "") -> None:
        self._changed = threading.Condition(threading.RLock())
        self._messages: list[Heard] = []
        self._subscribed = threading.Event()
        self._port, self._topic = port, topic
        self._client = client = paho.Client(
            CallbackAPIVersion.VERSION2, client_id=session, protocol=MQTTProtocolVersion.MQTTv5
        )
        self._session = session
        client.on_connect = self._on_connect
        client.on_subscribe = lambda *_: self._subscribed.set()
        client.on_message = self._on_message
        client.reconnect_delay_set(1, 1)

    def messages(self, topic: str = "") -> list[Heard]:
        """What arrived, of topics with this end."""
        with self._changed:
            return [each for each in self._messages if each.topic.endswith(topic)]

    def wait_for(self, condition: Callable[[Self], bool], seconds: float = 10) -> bool:
        """Wait until a condition is true; whether it became so."""
        with self._changed:
            return self._changed.wait_for(lambda: condition(self), seconds)

    def __enter__(self) -> Self:
        """Subscribe."""
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = 3600 if self._session else 0
        self._client.connect(
            "127.0.0.1", self._port, clean_start=not self._session, properties=properties
        )
        self._client.loop_start()
        if not self._subscribed.wait(10):
            raise TimeoutError("The broker did not take the subscription")
        return self

    def __exit__(self, *_: object) -> None:
        """Leave."""
        self._client.disconnect()
        self._client.loop_stop()

    def _on_connect(self, *_: object) -> None:
        self._client.subscribe(self._topic, qos=1)

    def _on_message(self, _client: object, _data: object, message: paho.MQTTMessage) -> None:
        with self._changed:
            content = json.loads(message.payload)
            self._messages.append(Heard(message.topic, content, message.retain))
            self._changed.notify_all()
