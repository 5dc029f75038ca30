"""Verdicts to a web address: one signed POST each, after the specification of Standard Webhooks.

Headers: `webhook-id` (that of the inspection: a repeat has the same one), `webhook-timestamp`
(seconds since 1970) and `webhook-signature` (`v1,` and HMAC-SHA256 in base64 over id, timestamp and
body, joined by dots). A receiver refuses an old timestamp and an id that it has, so a request that
somebody recorded cannot be used again. https://www.standardwebhooks.com
"""

import base64
import binascii
import hashlib
import hmac
import ssl
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import ClassVar, Self

import httpx2
from pydantic import Field, field_validator, model_validator

from okng.config.sections import Duration
from okng.connect.contracts import Around, Finding, Sink, SinkSettings
from okng.connect.credentials import secret
from okng.connect.delivery import Alarm, Delivery
from okng.connect.messages import AlarmMessage, Message, VerdictMessage
from okng.connect.tls import certificate_fault, client_context, probe
from okng.error_codes import Code
from okng.errors import ConfigError, ConnectError, RefusedError

_LATER = frozenset({404, 405, 408, 421, 425, 429})
"""Statuses about the address or the moment: another verdict would get the same answer."""
_LOGIN = frozenset({401, 403, 407})
_MOST_BYTES = 65_536
"""Of an answer, which is read so that the connection can be used again."""
_PREFIX = "whsec_"
_FEWEST_BYTES = 24
"""Of a key, as the specification has it."""


class WebhookSettings(SinkSettings):
    """An address that gets the verdicts."""

    kind: ClassVar[str] = "webhook"
    at_once: ClassVar[int] = 1

    url: str = Field(
        pattern=r"^https?://[^\s@]+$", description="Address, without user or password."
    )
    secret_file: Path | None = Field(None, description="File with the key of the signature.")
    secret_env: str | None = Field(None, description="Variable with the key of the signature.")
    token_file: Path | None = Field(None, description="File with a bearer token, if one is asked.")
    token_env: str | None = Field(None, description="Variable with a bearer token.")
    ca_file: Path | None = Field(
        None, description="Certificates that are trusted; those of the system if not given."
    )
    cert_file: Path | None = Field(None, description="Certificate of the station.")
    key_file: Path | None = Field(None, description="Private key of that certificate.")
    timeout: Duration = Field(10.0, gt=0, le=300, description="Time for one request.")

    @field_validator("url")
    @classmethod
    def _is_url(cls, url: str) -> str:
        try:
            host = httpx2.URL(url).host
        except httpx2.InvalidURL as exc:
            raise ValueError(f"{url!r} is no address: {exc}") from exc
        if not host:
            raise ValueError(f"{url!r} names no host")
        return url

    @model_validator(mode="after")
    def _has_key(self) -> Self:
        if self.secret_file is None and self.secret_env is None:
            raise ValueError("give `secret_file` or `secret_env`: requests are signed")
        return self

    def check(self, around: Around) -> list[Finding]:  # noqa: ARG002 - of the contract
        """Read the key, and connect without a request."""
        signing_key(self)
        secret(self.token_file, self.token_env, "token")
        url = httpx2.URL(self.url)
        port = url.port or (443 if url.scheme == "https" else 80)
        context = self.context() if url.scheme == "https" else None
        last = probe(url.host, port, context, self.timeout)
        findings = [Finding("address", self.url)]
        return findings if last is None else [*findings, Finding("certificate", f"until {last}")]

    def sink(self, around: Around) -> Sink:
        """The sink."""
        return WebhookSink(self, around)

    def context(self) -> ssl.SSLContext:
        """What is trusted and shown."""
        return client_context(self.ca_file, self.cert_file, self.key_file)


class WebhookSink:
    """Posts verdicts and alarms.

    Args:
        settings: of the address.
        around: the station.
        clock: seconds since 1970, for the signature.
    """

    def __init__(
        self, settings: WebhookSettings, around: Around, clock: Callable[[], float] = time.time
    ) -> None:
        self._settings, self._around, self._clock = settings, around, clock
        self._http: httpx2.Client | None = None
        self._key = b""

    def open(self) -> None:
        """Read key and certificates; the address is first used with the first verdict."""
        self._key = signing_key(self._settings)
        token = secret(self._settings.token_file, self._settings.token_env, "token")
        headers = {"content-type": "application/json", "user-agent": "okng"}
        if token is not None:
            headers["authorization"] = f"Bearer {token}"
        encrypted = self._settings.url.startswith("https:")
        self._http = httpx2.Client(
            headers=headers,
            timeout=self._settings.timeout,
            verify=self._settings.context() if encrypted else False,
            # where verdicts go is a matter of the settings, not of an answer or the environment
            follow_redirects=False,
            trust_env=False,
        )

    def send(self, deliveries: Sequence[Delivery]) -> None:
        """Post verdicts, one after the other."""
        for each in deliveries:
            self._post(each.row.id, VerdictMessage.of(each, self._around))

    def alarm(self, alarm: Alarm) -> None:
        """Post an alarm."""
        self._post(alarm.id, AlarmMessage.of(alarm, self._around))

    def close(self) -> None:
        """Close the connections."""
        http, self._http = self._http, None
        if http is not None:
            http.close()

    def _post(self, identifier: str, message: Message) -> None:
        if self._http is None:
            raise ConnectError("The sink is not open", where=self._settings.url)
        body, moment = message.body(), str(int(self._clock()))
        headers = {
            "webhook-id": identifier,
            "webhook-timestamp": moment,
            "webhook-signature": signature(self._key, identifier, moment, body),
        }
        url = self._settings.url
        try:
            with self._http.stream("POST", url, content=body, headers=headers) as response:
                _read(response)
        except httpx2.TransportError as exc:
            raise certificate_fault(exc, url) or ConnectError(
                f"The address does not answer: {str(exc) or exc.__class__.__name__}", where=url,
                hint="Check that the receiver runs and can be reached from this machine.",
            ) from exc  # fmt: skip
        if not response.is_success:
            raise _fault(response, url)


def signing_key(settings: WebhookSettings) -> bytes:
    """The key of the signature.

    Raises:
        ConfigError: it cannot be read, is no key, or is too short.
    """
    text = secret(settings.secret_file, settings.secret_env, "secret") or ""
    try:
        key = base64.b64decode(text.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        key = b""
    if len(key) < _FEWEST_BYTES:
        raise ConfigError(
            "The key of the signature cannot be used",
            where=settings.secret_file or settings.secret_env,
            allowed=f"{_PREFIX} and base64 of {_FEWEST_BYTES} bytes or more",
            hint=f"Make one: echo {_PREFIX}$(openssl rand -base64 32)",
            code=Code.KEY_INVALID,
        )
    return key


def signature(key: bytes, identifier: str, moment: str, body: bytes) -> str:
    """The signature of a request.

    Args:
        key: that both sides have.
        identifier: of the verdict.
        moment: seconds since 1970, as text.
        body: of the request.
    """
    content = b".".join((identifier.encode(), moment.encode(), body))
    return "v1," + base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()


def _read(response: httpx2.Response) -> None:
    """Read a short answer to its end."""
    count = 0
    for chunk in response.iter_raw():
        count += len(chunk)
        if count > _MOST_BYTES:
            return


def _fault(response: httpx2.Response, url: str) -> ConnectError:
    status = response.status_code
    what = f"The address answered with {status} {response.reason_phrase}".rstrip()
    if status in _LOGIN:
        hint = "Check the token and the key on both sides; verdicts wait until then."
        return ConnectError(what, where=url, hint=hint, code=Code.CONNECT_LOGIN)
    if response.is_redirect:
        return ConnectError(what, where=url, hint="Set `url` to the address that is meant.")
    if status in _LATER or not response.is_client_error:
        return ConnectError(what, where=url, retry_after=_retry_after(response))
    return RefusedError(what, where=url, hint="See the log of the receiver.")


def _retry_after(response: httpx2.Response) -> float | None:
    """Seconds, from a number or a date; None without one."""
    text = response.headers.get("retry-after", "")
    if text.isdecimal():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
