"""Verdicts at a web address: signed, repeated with one identifier, and never redirected."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from okng.connect.contracts import Around
from okng.connect.delivery import Alarm, Delivery
from okng.connect.sinks.webhook import WebhookSettings, WebhookSink
from okng.error_codes import Code
from okng.errors import ConfigError, ConnectError, RefusedError
from okng.inference.inspection import new_id
from okng.testing.line.network.mosquitto import free_port
from okng.testing.line.network.webhook_receiver import Reply, WebhookReceiver
from okng.testing.station.records import inspection_row

KEY = b"k" * 32


@pytest.fixture
def receiver() -> Iterator[WebhookReceiver]:
    """A receiver that answers 200."""
    with WebhookReceiver() as running:
        yield running


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file with the key."""
    file = tmp_path / "secret"
    file.write_text(f"whsec_{base64.b64encode(KEY).decode()}\n")
    return file


def _delivery() -> Delivery:
    return Delivery(inspection_row(id=new_id(), serial="A-1"), 7)


def _sink(url: str, secret: Path, around: Around, **given: object) -> WebhookSink:
    settings = WebhookSettings.model_validate({"url": url, "secret_file": secret} | given)
    sink = WebhookSink(settings, around, clock=lambda: 1_700_000_000.9)
    sink.open()
    return sink


def test_a_verdict_is_signed_after_standard_webhooks(
    receiver: WebhookReceiver, secret: Path, around: Around
) -> None:
    """Over identifier, timestamp and body; the identifier is that of the inspection."""
    delivery = _delivery()
    sink = _sink(receiver.url, secret, around)
    sink.send([delivery])
    sink.close()
    (posted,) = receiver.posted
    signed = f"{delivery.row.id}.1700000000.".encode() + posted.body
    expected = base64.b64encode(hmac.digest(KEY, signed, hashlib.sha256)).decode()

    assert posted.headers["webhook-id"] == delivery.row.id
    assert posted.headers["webhook-timestamp"] == "1700000000"
    assert posted.headers["webhook-signature"] == f"v1,{expected}"
    assert json.loads(posted.body)["serial"] == "A-1"


def test_an_alarm_is_posted_too(receiver: WebhookReceiver, secret: Path, around: Around) -> None:
    """Its form tells it from a verdict."""
    sink = _sink(receiver.url, secret, around)
    sink.alarm(Alarm(new_id(), 0, "station-1", Code.CONNECT_FAILED, "camera", {"lost": 3}))
    sink.close()

    content = json.loads(receiver.posted[0].body)
    assert (content["form"], content["values"]) == ("okng.alarm.1", {"lost": "3"})


@pytest.mark.parametrize("status", [400, 409, 413, 422])
def test_a_refused_verdict_is_refused(
    receiver: WebhookReceiver, secret: Path, around: Around, status: int
) -> None:
    """A repeat would get the same answer."""
    receiver.reply = lambda _: Reply(status)
    sink = _sink(receiver.url, secret, around)
    with pytest.raises(RefusedError, match=str(status)):
        sink.send([_delivery()])
    sink.close()


@pytest.mark.parametrize("status", [302, 401, 403, 404, 408, 429, 500, 502, 503])
def test_other_answers_are_tried_again(
    receiver: WebhookReceiver, secret: Path, around: Around, status: int
) -> None:
    """They are about the address, the login or the moment, not about one verdict."""
    receiver.reply = lambda _: Reply(status, {"location": "http://127.0.0.1:1/other"})
    sink = _sink(receiver.url, secret, around)
    with pytest.raises(ConnectError, match=str(status)) as caught:
        sink.send([_delivery()])
    sink.close()

    assert not isinstance(caught.value, RefusedError)
    assert len(receiver.posted) == 1  # nothing followed the redirect


def test_a_busy_receiver_names_the_next_attempt(
    receiver: WebhookReceiver, secret: Path, around: Around
) -> None:
    """In seconds, or as a date."""
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True)
    sink = _sink(receiver.url, secret, around)
    pauses = []
    for text in ("7", date, "soon"):
        receiver.reply = lambda _, text=text: Reply(503, {"retry-after": text})  # type: ignore[misc]
        with pytest.raises(ConnectError) as caught:
            sink.send([_delivery()])
        pauses.append(caught.value.retry_after)
    sink.close()

    assert pauses[0] == 7
    assert pauses[1] is not None
    assert 90 < pauses[1] <= 100
    assert pauses[2] is None


def test_an_address_that_does_not_answer_is_named(secret: Path, around: Around) -> None:
    """With the next step."""
    sink = _sink(f"http://127.0.0.1:{free_port()}/", secret, around, timeout=1)
    with pytest.raises(ConnectError, match="does not answer") as caught:
        sink.send([_delivery()])
    sink.close()

    assert caught.value.code is Code.CONNECT_FAILED


def test_a_token_is_sent_and_not_shown(
    receiver: WebhookReceiver, secret: Path, around: Around, tmp_path: Path
) -> None:
    """As a bearer token, from a file."""
    token = tmp_path / "token"
    token.write_text("s3cret\n")
    sink = _sink(receiver.url, secret, around, token_file=token)
    sink.send([_delivery()])
    sink.close()

    assert receiver.posted[0].headers["authorization"] == "Bearer s3cret"


def test_the_environment_names_no_other_address(
    receiver: WebhookReceiver, secret: Path, around: Around, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy of the environment gets no verdict."""
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    sink = _sink(receiver.url, secret, around)
    sink.send([_delivery()])
    sink.close()

    assert len(receiver.posted) == 1


@pytest.mark.parametrize("text", ["", "short", "whsec_" + base64.b64encode(b"x").decode()])
def test_a_key_that_is_none_is_refused(tmp_path: Path, around: Around, text: str) -> None:
    """With the command that makes one, and without the key."""
    (tmp_path / "secret").write_text(text)
    settings = WebhookSettings(url="http://127.0.0.1/", secret_file=tmp_path / "secret")
    with pytest.raises(ConfigError, match="openssl rand") as caught:
        settings.check(around)

    assert caught.value.code is Code.KEY_INVALID


@pytest.mark.parametrize("url", ["ftp://a/", "https://user:password@host/", "https://", "a b"])
def test_an_address_is_checked_before_the_start(url: str, secret: Path) -> None:
    """It speaks HTTP, and holds no password."""
    with pytest.raises(ValidationError):
        WebhookSettings(url=url, secret_file=secret)


def test_requests_are_signed_or_not_sent() -> None:
    """Without a key there is no sink."""
    with pytest.raises(ValidationError, match="requests are signed"):
        WebhookSettings(url="http://127.0.0.1/")


def test_the_check_connects_without_a_request(
    receiver: WebhookReceiver, secret: Path, around: Around
) -> None:
    """Nothing is posted."""
    findings = WebhookSettings(url=receiver.url, secret_file=secret).check(around)

    assert [each.value for each in findings] == [receiver.url]
    assert receiver.posted == []
