"""Clients that ask too often, or too slowly."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import uvicorn

from okng.accounts import Accounts, Scope
from okng.errors import BusyError, ConfigError
from okng.serve.security import Rates, TimedProtocol
from okng.serve.security.rates import MemoryCounts
from okng.testing.station.accounts import cheap_passwords
from okng.testing.station.protected import client_of, protected


@pytest.fixture
def accounts(tmp_path: Path) -> Iterator[Accounts]:
    """Accounts without users."""
    with Accounts(tmp_path / "r.sqlite", None, "s", passwords=cheap_passwords()) as opened:
        yield opened


def test_a_caller_over_its_limit_waits_and_others_do_not(accounts: Accounts) -> None:
    """429 for the one key; another key at the same address is served."""
    client = client_of(protected(accounts, rates=Rates("3/minute")))
    one, other = (
        {"Authorization": f"Bearer {accounts.keys.add(name, [Scope.JUDGE], by='local').secret}"}
        for name in ("one", "other")
    )

    statuses = [client.get("/who", headers=one).status_code for _ in range(4)]

    assert statuses == [200, 200, 200, 429]
    assert client.get("/who", headers=one).json() == {"code": "client.limit"}
    assert client.get("/who", headers=other).status_code == 200


def test_counting_starts_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """The storage of `limits` starts one every ten milliseconds under load."""
    started: list[threading.Thread] = []
    rates = Rates("1000000/minute")
    monkeypatch.setattr(threading.Thread, "start", started.append)
    end = time.monotonic() + 0.1
    while time.monotonic() < end:
        rates.count("client")

    assert started == []


def test_counters_of_clients_that_have_left_are_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory does not grow with every address that ever asked; nobody else's count is lost."""
    counts, now = MemoryCounts(), time.time()
    for client in range(5000):
        monkeypatch.setattr("time.time", lambda moment=now + client: moment)
        counts.incr(f"client-{client}", 60)
        counts.incr("resident", 10_000)

    assert counts.get("resident") == 5000
    assert len(counts.storage) < 1100
    assert len(counts.expirations) == len(counts.storage)


def test_counters_of_many_threads_are_exact() -> None:
    """Logins are counted in threads."""
    counts = MemoryCounts()
    threads = [
        threading.Thread(target=lambda: [counts.incr("one", 60) for _ in range(500)])
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert counts.get("one") == 4000


def test_a_limit_slides_with_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a window later, half of the requests of the last one still count."""
    rates, begin = Rates("100/minute"), 1_790_000_040.0  # a multiple of a minute
    monkeypatch.setattr("time.time", lambda: begin)
    for _ in range(100):
        rates.count("client")
    monkeypatch.setattr("time.time", lambda: begin + 90)
    for _ in range(50):
        rates.count("client")

    with pytest.raises(BusyError):
        rates.count("client")


def test_guessing_keys_is_slowed_down_and_valid_keys_are_not(accounts: Accounts) -> None:
    """After 60 refusals in a minute an address gets 429; a key that works still works there."""
    client = client_of(protected(accounts))
    good = {"Authorization": f"Bearer {accounts.keys.add('a', [Scope.JUDGE], by='local').secret}"}

    statuses = [client.get("/who").status_code for _ in range(62)]

    assert set(statuses[:60]) == {401}
    assert statuses[60:] == [429, 429]
    assert client.get("/who", headers=good).status_code == 200


def test_addresses_of_one_ipv6_network_are_one_client(accounts: Accounts) -> None:
    """A machine has 2^64 addresses there."""
    app = protected(accounts)
    for last in range(60):
        client_of(app, address=f"2001:db8::{last:x}").get("/who")

    assert client_of(app, address="2001:db8::ffff").get("/who").status_code == 429
    assert client_of(app, address="2001:db8:1::1").get("/who").status_code == 401


def test_a_wrong_rate_is_named() -> None:
    """Before the server starts."""
    with pytest.raises(ConfigError, match="often"):
        Rates("often")


@pytest.fixture
def port() -> Iterator[int]:
    """A real server that waits 0.3 s for heads and bodies."""

    class Impatient(TimedProtocol):
        seconds = 0.3

    listener = socket.create_server(("127.0.0.1", 0))
    app = protected(timeout=0.3)
    server = uvicorn.Server(
        uvicorn.Config(app, http=Impatient, log_config=None, ws="none", lifespan="off")
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield listener.getsockname()[1]
    server.should_exit = True
    thread.join()
    listener.close()


_CLOSING = b"GET /who HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def _answer(port: int, *parts: bytes, pause: float = 0.0) -> bytes:
    """What the server sends until it closes; the parts are sent one after another."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        for part in parts:
            connection.sendall(part)
            time.sleep(pause)
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
        return received


def test_a_request_line_that_never_ends_is_closed(port: int) -> None:
    """Also where a byte comes now and then, and where nothing comes at all (slowloris)."""
    began = time.monotonic()

    assert _answer(port, b"GET /who HTTP/1.1\r\nHost: localhost\r\n") == b""
    assert _answer(port) == b""

    assert time.monotonic() - began < 3


def test_a_second_request_on_a_connection_is_timed_as_well(port: int) -> None:
    """The first one was good; the second one never ends."""
    whole = b"GET /who HTTP/1.1\r\nHost: localhost\r\n\r\n"

    assert _answer(port, whole, b"GET /who HT", pause=0.1).count(b"200 OK") == 1


def test_line_ends_alone_do_not_hold_a_connection(port: int) -> None:
    """They begin no request, but every one of them would start the time between two anew."""
    began = time.monotonic()

    with suppress(ConnectionError):  # it may close while more of them are sent
        assert _answer(port, *[b"\r\n"] * 12, pause=0.05) == b""

    assert time.monotonic() - began < 3


def test_a_head_without_end_is_refused(port: int) -> None:
    """However fast it comes: 64 kB of headers are enough for everybody."""
    head = b"GET /who HTTP/1.1\r\nHost: localhost\r\n" + b"X-Long: y\r\n" * 20_000

    with suppress(ConnectionError):  # it may close before all of it is sent
        assert _answer(port, head).startswith(b"HTTP/1.1 400")
    assert _answer(port, _CLOSING).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "lengths",
    [
        b"Content-Length: 5\r\nContent-Length: 6\r\n",
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: xchunked\r\n",
        b"Content-Length: 5, 6\r\n",
        b"Content-Length: +5\r\n",
        b"Content-Length : 5\r\n",
        b"Content-Length: 0\r\n Transfer-Encoding: chunked\r\n",
    ],
)
def test_a_body_of_two_lengths_is_refused(port: int, lengths: bytes) -> None:
    """Request smuggling: what one reader takes for a body another would take for a request."""
    start = b"POST /body HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"

    answer = _answer(port, start + lengths + b"\r\n" + _CLOSING)

    assert answer.startswith(b"HTTP/1.1 4")
    assert answer.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize(
    "head", [b"Content-Length: 100\r\n\r\n{", b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"]
)
def test_a_body_that_never_ends_is_answered_408(port: int, head: bytes) -> None:
    """By length and in chunks."""
    start = b"POST /body HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"

    answer = _answer(port, start + head)

    assert answer.startswith(b"HTTP/1.1 408")
    assert b"request.slow" in answer


def test_slow_requests_do_not_hold_up_others(port: int) -> None:
    """Twenty of them wait while another one is served."""
    slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(20)]
    for connection in slow:
        connection.sendall(b"GET /who HTTP/1.1\r\n")

    answer = _answer(port, _CLOSING)

    for connection in slow:
        connection.close()
    assert answer.startswith(b"HTTP/1.1 200")
