"""Triggers and photos from a real broker: none twice, none of the past, no photo lost."""

import threading
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import paho.mqtt.publish as publishing
import pytest
from pydantic import ValidationError

from okng.connect.contracts import Around, Shot, Trigger
from okng.connect.part import Outcome, Part
from okng.connect.sources.mqtt import MqttSourceSettings, SerialFrom
from okng.connect.triggers.mqtt import MqttTriggerSettings, read_message
from okng.errors import ConfigError, ConnectError, RefusedError
from okng.testing.line.network.broker_process import MOSQUITTO, Broker, broker
from okng.testing.station.records import inspection_row

pytestmark = pytest.mark.skipif(MOSQUITTO is None, reason="mosquitto is not installed")
AROUND = Around("plant", "line-1")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Broker]:
    """A broker without users."""
    with broker(tmp_path) as running:
        yield running


def _publish(server: Broker, topic: str, payload: bytes | str, *, retain: bool = False) -> None:
    publishing.single(topic, payload, qos=1, retain=retain, hostname="127.0.0.1", port=server.port)


def _trigger(server: Broker, **fields: Any) -> Trigger:
    place = {"host": "127.0.0.1", "port": server.port, "topic": "cell/trigger"}
    return MqttTriggerSettings.model_validate(place | fields).trigger(AROUND)


def _shots(server: Broker, payloads: list[str], count: int) -> list[Shot]:
    trigger = _trigger(server)
    trigger.open()
    for payload in payloads:
        _publish(server, "cell/trigger", payload)
    shots = list(islice(trigger.shots(), count))
    trigger.close()
    return shots


def test_a_message_is_a_part(server: Broker) -> None:
    """Key, serial, batch and product come from the JSON of the message."""
    payload = '{"key": "k1", "serial": "S1", "batch": "B", "product": "P", "more": 1}'
    (shot,) = _shots(server, [payload], 1)

    assert (shot.key, shot.serial, shot.batch, shot.product) == ("k1", "S1", "B", "P")


def test_a_key_that_comes_twice_is_one_part(server: Broker) -> None:
    """A sender that repeats, as QoS 1 does, triggers once."""
    shots = _shots(server, ['{"key": "a"}', '{"key": "a"}', '{"key": "b"}'], 2)

    assert [shot.key for shot in shots] == ["a", "b"]


def test_messages_without_a_key_are_parts_of_their_own(server: Broker) -> None:
    """Two empty messages are two parts."""
    shots = _shots(server, ["", ""], 2)

    assert shots[0].key != shots[1].key


@pytest.mark.parametrize("payload", [b"\xff\xfe", b"trigger", b"[1]", b'{"key": 7}', b"[" * 9999])
def test_a_message_that_is_no_json_triggers_all_the_same(payload: bytes) -> None:
    """A part is there, whatever the message says about it."""
    assert read_message(payload).key is None


def test_retained_messages_are_of_the_past(server: Broker) -> None:
    """A trigger that the broker kept does not make a part at each connection."""
    _publish(server, "cell/trigger", '{"key": "old"}', retain=True)
    (shot,) = _shots(server, ['{"key": "new"}'], 1)

    assert shot.key == "new"


def test_a_lost_broker_is_an_error(server: Broker) -> None:
    """The runner gets an error, and opens the trigger anew when the broker is back."""
    trigger = _trigger(server)
    trigger.open()
    threading.Timer(0.2, server.stop).start()
    with pytest.raises(ConnectError, match="lost"):
        next(iter(trigger.shots()))
    with pytest.raises(ConnectError):
        trigger.open()
    server.start()
    trigger.open()
    _publish(server, "cell/trigger", '{"key": "back"}')
    shot = next(iter(trigger.shots()))
    trigger.close()

    assert shot.key == "back"


def test_close_ends_it_from_another_thread(server: Broker) -> None:
    """A trigger that waits ends at once."""
    trigger = _trigger(server)
    trigger.open()
    threading.Timer(0.1, trigger.close).start()

    assert list(trigger.shots()) == []


def test_a_wrong_password_is_refused(tmp_path: Path) -> None:
    """The error says so, with the next step."""
    with broker(tmp_path, "allow_anonymous false") as server:
        trigger = _trigger(server, user="me")
        with pytest.raises(RefusedError, match="refuses") as caught:
            trigger.open()

    assert "password_file" in str(caught.value.hint)


def test_a_topic_without_permission_is_refused(tmp_path: Path) -> None:
    """Subscribing to a topic that the client may not read is an error, no silence."""
    rules = tmp_path / "rules"
    rules.write_text("topic write other\n")
    with broker(tmp_path, f"allow_anonymous true\nacl_file {rules}") as server:
        settings = MqttTriggerSettings(host="127.0.0.1", port=server.port, topic="cell/trigger")
        reached = _reached(settings)

    assert reached in {"refused", "subscribed"}  # mosquitto before 2.1 grants, and sends nothing


def _reached(settings: MqttTriggerSettings) -> str:
    try:
        settings.check(AROUND)
    except RefusedError:
        return "refused"
    return "subscribed"


def test_nobody_at_the_port() -> None:
    """A broker that is not there is an error with its address."""
    settings = MqttTriggerSettings(host="127.0.0.1", port=9, topic="t")
    with pytest.raises(ConnectError, match=r"127\.0\.0\.1:9"):
        settings.check(AROUND)


def test_files_of_settings_are_named(tmp_path: Path) -> None:
    """A missing password file is an error of the settings."""
    settings = MqttTriggerSettings(topic="t", user="me", password_file=tmp_path / "none")
    with pytest.raises(ConfigError, match="none"):
        settings.check(AROUND)


@pytest.mark.parametrize(
    "fields",
    [{"certificate_file": "a.pem"}, {"certificate_file": "a.pem", "key_file": "b.pem"}],
)
def test_settings_that_do_not_fit(fields: dict[str, str]) -> None:
    """A certificate needs a key, and TLS."""
    with pytest.raises(ValidationError):
        MqttTriggerSettings.model_validate({"topic": "t", **fields})


def _source_settings(server: Broker) -> MqttSourceSettings:
    return MqttSourceSettings(
        host="127.0.0.1", port=server.port, topic="cell/photo/+", serial=SerialFrom.LAST_LEVEL
    )


def _taken(settings: MqttSourceSettings, count: int, *, answer: bool) -> list[Part]:
    """The first parts of a new connection, answered or not."""
    source = settings.source(AROUND)
    source.open()
    parts = list(islice(source.parts(), count))
    if answer:
        for part in parts:
            part.answered(Outcome(inspection_row()))
        time.sleep(0.2)  # the acknowledgement is on its way
    source.close()
    return parts


def test_photos_have_serials_and_keys(server: Broker) -> None:
    """The serial is the last level; a photo that comes twice has one key."""
    settings = _source_settings(server)
    source = settings.source(AROUND)
    source.open()
    for payload in (b"one", b"two", b"one"):
        _publish(server, "cell/photo/S-5", payload)
    parts = list(islice(source.parts(), 3))
    source.close()

    assert [part.photo for part in parts] == [b"one", b"two", b"one"]
    assert {part.serial for part in parts} == {"S-5"}
    assert parts[0].key == parts[2].key != parts[1].key


def test_photos_without_a_record_come_again(server: Broker) -> None:
    """The process ends before a verdict is on record: the broker sends the photo again."""
    settings = _source_settings(server)
    _taken_nothing = settings.source(AROUND)
    _taken_nothing.open()
    _taken_nothing.close()
    _publish(server, "cell/photo/S-1", b"while nobody was there")
    first = _taken(settings, 1, answer=False)
    again = _taken(settings, 1, answer=True)
    _publish(server, "cell/photo/S-2", b"the next")
    after = _taken(settings, 1, answer=True)

    assert first[0].key == again[0].key
    assert after[0].photo == b"the next"


def test_the_check_shows_broker_and_topic(server: Broker) -> None:
    """`okng run --check` connects and subscribes."""
    match = dict(_source_settings(server).check(AROUND))

    assert match == {"broker": f"127.0.0.1:{server.port}, without TLS", "topic": "cell/photo/+"}
