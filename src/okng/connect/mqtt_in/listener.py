"""Receives messages of a topic, with QoS 1, until the connection is lost."""

from collections.abc import Callable, Iterator
from functools import partial
from queue import Full, Queue
from threading import Event
from typing import Any, NamedTuple

import paho.mqtt.client as mqtt

from okng.connect.mqtt_in.broker import BrokerFields, client_of
from okng.error_codes import Code
from okng.errors import ConnectError, RefusedError

_CONNECT_S = 10.0
_WAITING = 1000  # messages; more than a broker has in flight


class Received(NamedTuple):
    """One message.

    Attributes:
        topic: that it came on.
        payload: of the message.
        taken: to be called once it need not come again.
    """

    topic: str
    payload: bytes
    taken: Callable[[], None]


class _Greeting:
    """What the broker says to a client and its subscription.

    Attributes:
        over: set once it is known.
        fault: why it refuses; empty where it does not.
    """

    def __init__(self, topic: str) -> None:
        self.over = Event()
        self.fault = ""
        self._topic = topic

    def on_connect(
        self, client: mqtt.Client, _data: Any, _flags: Any, reason: Any, _properties: Any
    ) -> None:
        """The broker takes the client, or does not."""
        if reason.is_failure:
            self.fault = str(reason)
            self.over.set()
            return
        client.subscribe(self._topic, qos=1)

    def on_subscribe(
        self, _client: mqtt.Client, _data: Any, _mid: int, reasons: Any, _properties: Any
    ) -> None:
        """The broker takes the subscription, or does not."""
        self.fault = "; ".join(str(reason) for reason in reasons if reason.is_failure)
        self.over.set()


class Listener:
    """One subscription. `close` may be called from any thread.

    Args:
        broker: where it connects to.
        identifier: of the client.
        persistent: whether messages are kept for it while it is away.
    """

    def __init__(self, broker: BrokerFields, identifier: str, *, persistent: bool) -> None:
        self._broker = broker
        self._identifier = identifier
        self._persistent = persistent
        self._queue: Queue[Received | ConnectError | None] = Queue(_WAITING)
        self._client: mqtt.Client | None = None

    def open(self) -> None:
        """Connect and subscribe.

        Raises:
            ConnectError: the broker is not there, or refuses the client or the topic.
            ConfigError: a file of the settings cannot be read.
        """
        self.close()
        self._queue = Queue(_WAITING)
        client = client_of(self._broker, self._identifier, persistent=self._persistent)
        greeting = _Greeting(self._broker.topic)
        client.on_connect = greeting.on_connect
        client.on_subscribe = greeting.on_subscribe
        client.on_message = self._on_message
        client.on_disconnect = partial(self._on_disconnect, self._queue)
        try:
            client.connect(self._broker.host, self._broker.port, keepalive=20)
        except (OSError, ValueError) as exc:
            raise self._unreachable(str(exc)) from exc
        client.loop_start()
        self._client = client
        if not greeting.over.wait(_CONNECT_S):
            self.close()
            raise self._unreachable("no answer")
        if greeting.fault:
            self.close()
            raise self._refused(greeting.fault)

    def messages(self) -> Iterator[Received]:
        """Messages as they come, until `close`.

        Raises:
            ConnectError: the connection is lost.
        """
        while (received := self._queue.get()) is not None:
            if isinstance(received, ConnectError):
                raise received
            yield received

    def close(self) -> None:
        """Disconnect, and end `messages`."""
        client, self._client = self._client, None
        _put_end(self._queue, None)
        if client is not None:
            client.on_disconnect = None
            client.disconnect()
            client.loop_stop()

    def _on_message(self, client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        def taken() -> None:
            client.ack(message.mid, message.qos)

        if message.retain:  # of the past: no part is in front of the camera because of it
            taken()
            return
        self._queue.put(Received(message.topic, bytes(message.payload), taken))

    def _on_disconnect(self, queue: "Queue[Any]", *_about: Any) -> None:
        _put_end(queue, self._unreachable("the connection was lost"))

    def _unreachable(self, reason: str) -> ConnectError:
        return ConnectError(
            f"The broker cannot be reached: {reason}.",
            where=self._broker.where,
            hint="Look at `host`, `port` and `tls`, and whether the broker runs.",
        )

    def _refused(self, reason: str) -> ConnectError:
        return RefusedError(
            f"The broker refuses it: {reason}.",
            where=self._broker.where,
            hint="Look at `user`, `password_file`, and the rights for the topic at the broker.",
            code=Code.CONNECT_REFUSED,
        )


def _put_end(queue: "Queue[Any]", end: ConnectError | None) -> None:
    """Behind what waits already; a queue that is full ends when it is read."""
    try:
        queue.put_nowait(end)
    except Full:
        with queue.mutex:
            queue.queue[-1] = end
