"""Verdicts at a real broker: acknowledged, in order, and with a state that tells the truth."""

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from okng.connect.contracts import Around
from okng.connect.delivery import Alarm, Delivery
from okng.connect.sinks.mqtt import Encryption, MqttSettings, MqttSink, MqttVersion
from okng.error_codes import Code
from okng.errors import ConfigError, ConnectError, RefusedError
from okng.inference.inspection import new_id
from okng.testing.line.network.certificates import Authority
from okng.testing.line.network.flaky_network import FlakyNetwork
from okng.testing.line.network.listener import Listener
from okng.testing.line.network.mosquitto import Mosquitto, free_port
from okng.testing.station.records import inspection_row

StartBroker = Callable[..., Mosquitto]
VARIABLE = "OKNG_TEST_SECRET"
ALARM = Alarm(new_id(), 1_700_000_000_000_000, "station-1", Code.CONNECT_FAILED, "camera")


def _settings(port: int, **given: object) -> MqttSettings:
    return MqttSettings.model_validate({"host": "127.0.0.1", "port": port, "timeout": 3} | given)


def _deliveries(count: int, begin: int = 1) -> list[Delivery]:
    return [Delivery(inspection_row(id=new_id()), seq) for seq in range(begin, begin + count)]


def _opened(settings: MqttSettings, around: Around) -> MqttSink:
    sink = settings.sink(around)
    sink.open()
    assert isinstance(sink, MqttSink)
    return sink


@pytest.mark.parametrize("version", list(MqttVersion))
def test_verdicts_and_alarms_arrive_in_order(
    broker: Mosquitto, around: Around, version: MqttVersion
) -> None:
    """Each on its topic, not retained, with the identifier of the record."""
    deliveries = _deliveries(60)
    with Listener(broker.port) as listener:
        sink = _opened(_settings(broker.port, version=version), around)
        sink.send(deliveries)
        sink.alarm(ALARM)
        assert listener.wait_for(lambda each: bool(each.messages("/alarm")))
        sink.close()
        verdicts, (alarm,) = listener.messages("/verdict"), listener.messages("/alarm")

    assert [each.content["id"] for each in verdicts] == [each.row.id for each in deliveries]
    assert verdicts[0].topic == "okng/plant/station-1/verdict"
    assert (alarm.content["code"], alarm.content["state"]) == ("connect.failed", "begun")
    with Listener(broker.port) as late:
        assert late.wait_for(lambda each: bool(each.messages("/state")))
        assert late.messages("/verdict") == []


def test_a_station_that_leaves_is_offline(broker: Mosquitto, around: Around) -> None:
    """Its state is retained, so whoever comes later gets it."""
    sink = _opened(_settings(broker.port), around)
    with Listener(broker.port) as listener:
        assert listener.wait_for(lambda each: bool(each.messages("/state")))
        (online,) = listener.messages("/state")
        sink.close()
        assert listener.wait_for(lambda each: len(each.messages("/state")) == 2)

    assert (online.content["state"], online.retained) == ("online", True)
    assert listener.messages("/state")[1].content["state"] == "offline"


def test_the_broker_writes_the_last_will_of_a_station_that_is_lost(
    broker: Mosquitto, around: Around
) -> None:
    """Nobody says good-bye where a cable is pulled."""
    with FlakyNetwork(broker.port) as network, Listener(broker.port) as listener:
        sink = _opened(_settings(network.port), around)
        network.cut()

        assert listener.wait_for(
            lambda each: (
                [m.content["state"] for m in each.messages("/state")] == ["online", "offline"]
            )
        )
        with pytest.raises(ConnectError):
            sink.send(_deliveries(1))
        sink.close()


def test_an_idle_sink_notices_that_its_connection_is_gone(
    broker: Mosquitto, around: Around
) -> None:
    """So that the runner opens it again before the next verdict."""
    sink = _opened(_settings(broker.port), around)
    sink.send(())
    broker.kill()
    time.sleep(0.3)

    with pytest.raises(ConnectError) as caught:
        sink.send(())
    assert caught.value.code is Code.CONNECT_FAILED
    sink.close()


def test_without_an_acknowledgement_nothing_counts_as_delivered(
    broker: Mosquitto, around: Around
) -> None:
    """The broker got it, and its answer was lost: the runner repeats it."""
    with FlakyNetwork(broker.port) as network:
        sink = _opened(_settings(network.port, timeout=0.5), around)
        network.loses_answers = True

        with pytest.raises(ConnectError, match="acknowledged nothing"):
            sink.send(_deliveries(3))
        network.cut()
        sink.close()


def test_a_broker_that_is_not_there_is_a_fault_with_a_next_step(around: Around) -> None:
    """The address is named."""
    port = free_port()
    sink = _settings(port).sink(around)

    with pytest.raises(ConnectError, match=str(port)) as caught:
        sink.open()
    assert caught.value.hint
    sink.close()


def test_a_wrong_password_is_named_and_not_shown(
    start_broker: StartBroker, around: Around, tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    """It stands in no error and in no log."""
    (tmp_path / "users").write_text("")
    broker = start_broker(("allow_anonymous false", f"password_file {tmp_path}/users"))
    secret = tmp_path / "password"
    secret.write_text("tr0ub4dor\n")
    settings = _settings(broker.port, user="line", password_file=secret)
    with caplog.at_level(logging.DEBUG), pytest.raises(ConnectError) as caught:
        settings.sink(around).open()

    assert caught.value.code is Code.CONNECT_LOGIN
    assert "tr0ub4dor" not in f"{caught.value}{settings!r}{caplog.text}"


def test_a_password_comes_from_the_environment(
    broker: Mosquitto, around: Around, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variable that is not set is an error of the settings."""
    settings = _settings(broker.port, user="line", password_env=VARIABLE)
    with pytest.raises(ConfigError, match=VARIABLE):
        settings.check(around)
    monkeypatch.setenv(VARIABLE, "x")

    assert settings.check(around)[0].value == f"127.0.0.1:{broker.port}, MQTT 5"


def _restricted(start_broker: StartBroker, tmp_path: Path, *topics: str) -> Mosquitto:
    """A broker where everybody may write to these topics only."""
    (tmp_path / "acl").write_text("".join(f"topic readwrite {topic}\n" for topic in topics))
    return start_broker(("allow_anonymous true", f"acl_file {tmp_path}/acl"))


def test_a_topic_without_permission_loses_no_verdict(
    start_broker: StartBroker, around: Around, tmp_path: Path
) -> None:
    """It is a fault of the sink until somebody gives the right; the topic is named."""
    broker = _restricted(start_broker, tmp_path, "okng/+/+/state")
    sink = _opened(_settings(broker.port), around)
    with pytest.raises(ConnectError, match="okng/plant/station-1/verdict") as caught:
        sink.send(_deliveries(2))
    sink.close()

    assert caught.value.code is Code.CONNECT_LOGIN
    assert not isinstance(caught.value, RefusedError)


def test_an_alarm_without_permission_holds_up_no_verdict(
    start_broker: StartBroker, around: Around, tmp_path: Path
) -> None:
    """It is refused, and set aside."""
    broker = _restricted(start_broker, tmp_path, "okng/+/+/state", "okng/+/+/verdict")
    sink = _opened(_settings(broker.port), around)
    with pytest.raises(RefusedError):
        sink.alarm(ALARM)
    sink.send(_deliveries(1))
    sink.close()


def test_names_cannot_widen_a_topic(broker: Mosquitto) -> None:
    """A slash or a wildcard in the name of a station is another letter."""
    with Listener(broker.port) as listener:
        sink = _opened(_settings(broker.port), Around("a/b", "c+#"))
        assert listener.wait_for(lambda each: bool(each.messages("/state")))
        sink.close()

    assert listener.messages("/state")[0].topic == "okng/a_b/c__/state"


def _encrypted(start_broker: StartBroker, authority: Authority, days: int) -> Mosquitto:
    server = authority.sign("server", timedelta(days=days))
    return start_broker(
        ("allow_anonymous true", f"cafile {authority.file}", f"certfile {server.certificate}",
         f"keyfile {server.key}", "require_certificate true"),
    )  # fmt: skip


def test_tls_with_certificates_of_both_sides(
    start_broker: StartBroker, around: Around, tmp_path: Path
) -> None:
    """The check names the last day of the certificate of the station."""
    authority = Authority(tmp_path)
    broker, client = _encrypted(start_broker, authority, 7), authority.sign("client")
    settings = _settings(
        broker.port, encryption=Encryption.TLS, ca_file=authority.file,
        cert_file=client.certificate, key_file=client.key,
    )  # fmt: skip
    sink = _opened(settings, around)
    sink.send(_deliveries(1))
    sink.close()

    assert [each.subject for each in settings.check(around)] == ["broker", "certificate"]


def test_an_expired_certificate_of_the_broker_is_named(
    start_broker: StartBroker, around: Around, tmp_path: Path
) -> None:
    """Not as `SSLCertVerificationError`, but in words with a next step."""
    authority = Authority(tmp_path)
    broker, client = _encrypted(start_broker, authority, -1), authority.sign("client")
    settings = _settings(
        broker.port, encryption=Encryption.TLS, ca_file=authority.file,
        cert_file=client.certificate, key_file=client.key,
    )  # fmt: skip
    with pytest.raises(ConnectError, match="other side has expired") as caught:
        settings.sink(around).open()

    assert caught.value.code is Code.CONNECT_CERTIFICATE


def test_an_expired_certificate_of_the_station_is_named(around: Around, tmp_path: Path) -> None:
    """Before anything is sent, with its day."""
    client = Authority(tmp_path).sign("client", timedelta(days=-1))
    settings = _settings(
        free_port(), encryption=Encryption.TLS, cert_file=client.certificate, key_file=client.key
    )
    with pytest.raises(ConnectError, match="certificate of the station expired on"):
        settings.sink(around).open()


def test_a_port_without_tls_is_named(broker: Mosquitto, around: Around, tmp_path: Path) -> None:
    """TLS was asked for where the broker speaks none."""
    settings = _settings(broker.port, encryption=Encryption.TLS, ca_file=Authority(tmp_path).file)
    with pytest.raises(ConnectError, match=r"127\.0\.0\.1"):
        settings.sink(around).open()


def test_the_port_follows_the_encryption() -> None:
    """As in the registry of ports."""
    plain, tls = (MqttSettings(host="b", encryption=each) for each in Encryption)

    assert (plain.address, tls.address) == ("b:1883", "b:8883")
