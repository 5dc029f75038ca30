"""Requests that are refused before any route: forged hosts, paths, origins, proxies."""

import asyncio
import socket
from urllib.parse import unquote

import pytest
from fastapi.testclient import TestClient
from starlette.types import Message, Scope

from okng.config.station import ServerSection
from okng.errors import ConfigError
from okng.serve.security.forwarded import proxies_of
from okng.serve.security.headers import ALWAYS
from okng.serve.security.hosts import served_hosts
from okng.testing.station.protected import client_of, protected


@pytest.fixture(scope="module")
def client() -> TestClient:
    """A server without login on this machine."""
    return client_of(protected())


@pytest.mark.parametrize(
    "host",
    ["evil.example", "localhost.evil.example", "evil.example:80", "localhost@evil", "", "a b"],
)
def test_a_foreign_host_is_refused(client: TestClient, host: str) -> None:
    """Also one that merely contains an own name: DNS rebinding ends here."""
    answer = client.get("/who", headers={"Host": host})

    assert (answer.status_code, answer.json()) == (400, {"code": "host.foreign"})


def test_two_hosts_are_refused(client: TestClient) -> None:
    """A proxy and the server could each read another one."""
    answer = client.get("/who", headers=[("Host", "localhost"), ("Host", "evil.example")])

    assert answer.status_code == 400


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST:8000", "127.0.0.1:8000", "[::1]:8000", "192.168.0.7", "localhost.",
     socket.gethostname()],
)  # fmt: skip
def test_own_names_and_addresses_are_served(client: TestClient, host: str) -> None:
    """In any case, with and without port."""
    assert client.get("/who", headers={"Host": host}).status_code == 200


def test_given_hosts_replace_those_of_the_machine() -> None:
    """Names, patterns and the machine itself; no other address."""
    hosts = served_hosts(ServerSection(trusted_hosts="station-1.plant, *.lines.plant"))

    served = ["station-1.plant", "a.lines.plant", "127.0.0.1"]
    foreign = ["lines.plant", "xlines.plant", "192.168.0.7", "station-1.plant.evil"]
    assert [hosts.serves(each) for each in served] == [True] * 3
    assert [hosts.serves(each) for each in foreign] == [False] * 4
    assert served_hosts(ServerSection(trusted_hosts="*")).serves("anything")


def test_a_wrong_entry_among_the_hosts_is_named() -> None:
    """Before the server starts."""
    with pytest.raises(ConfigError, match=r"http://a"):
        served_hosts(ServerSection(trusted_hosts="ok.plant,http://a"))


@pytest.mark.parametrize(
    "path",
    ["//who", "/who//", "/x/../who", "/./who", "/%2e%2e/who", "/who%2f", "/%2Fwho", "/who%5c",
     "/who%00", "/who%0a", "/who%ff", "http://localhost/who", "*", "/" + "a" * 5000],
)  # fmt: skip
def test_a_path_with_two_readings_is_refused(path: str) -> None:
    """Doubled, encoded, relative, absolute-form, undecodable and overlong paths."""
    status, _ = _raw(path)

    assert status == 400


def test_a_plain_path_is_served() -> None:
    """With letters of any script and encoded spaces."""
    assert _raw("/who")[0] == 200
    assert _raw("/t%C3%BCr%20a.b")[0] == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:9000"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://[bad"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_change_from_another_site_is_refused(
    client: TestClient, method: str, headers: dict[str, str]
) -> None:
    """Also without any login: a page of the web cannot use a station on this machine."""
    answer = client.request(method, "/who", headers=headers)

    assert (answer.status_code, answer.json()) == (403, {"code": "origin.foreign"})


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": "http://localhost"}, {"Origin": "https://localhost"},
     {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}],
)  # fmt: skip
def test_a_change_from_the_own_page_or_a_program_is_served(
    client: TestClient, headers: dict[str, str]
) -> None:
    """Programs send neither header."""
    assert client.post("/who", headers=headers).status_code == 200


def test_a_plain_page_may_not_act_on_the_encrypted_one() -> None:
    """Who sits on the network can forge the page of http, not that of https."""
    client = client_of(protected(), base="https://localhost")

    assert client.post("/who", headers={"Origin": "http://localhost"}).status_code == 403
    assert client.post("/who", headers={"Origin": "https://localhost"}).status_code == 200


_FORGED = {
    "X-Forwarded-For": "10.9.9.9",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "evil.example",
    "X-Real-IP": "10.9.9.9",
    "Forwarded": "for=10.9.9.9;host=evil.example;proto=https",
}


def test_forwarded_headers_of_strangers_change_nothing(client: TestClient) -> None:
    """Neither address nor scheme nor host."""
    answer = client.get("/who", headers=_FORGED)

    assert answer.json() == {"name": "local", "address": "127.0.0.1", "scheme": "http"}
    assert "strict-transport-security" not in answer.headers


def test_forwarded_headers_of_a_configured_proxy_are_used() -> None:
    """Client, scheme and host are those it states."""
    app = protected(forwarded_from="10.0.0.0/24", trusted_hosts="station.plant")
    headers = {"X-Forwarded-For": "10.1.1.1", "X-Forwarded-Proto": "https"}

    proxy = client_of(app, address="10.0.0.2")
    answer = proxy.get("/who", headers=headers | {"X-Forwarded-Host": "station.plant"})
    foreign = proxy.get("/who", headers=headers | {"X-Forwarded-Host": "evil.example"})

    assert answer.json() == {"name": "local", "address": "10.1.1.1", "scheme": "https"}
    assert foreign.status_code == 400


def test_an_address_before_the_proxy_s_own_is_not_believed() -> None:
    """The client wrote the first part of the list; the proxies added the rest."""
    client = client_of(protected(forwarded_from="10.0.0.2, 10.0.0.3"), address="10.0.0.2")

    answer = client.get("/who", headers={"X-Forwarded-For": "1.1.1.1, 10.7.7.7, 10.0.0.3"})

    assert answer.json()["address"] == "10.7.7.7"


def test_a_wrong_entry_among_the_proxies_is_named() -> None:
    """Before the server starts."""
    with pytest.raises(ConfigError, match="proxy"):
        proxies_of("10.0.0.1,proxy.plant")


@pytest.mark.parametrize("path", ["/who", "/missing"])
def test_every_answer_has_the_headers_of_security(client: TestClient, path: str) -> None:
    """Refused ones, too; nothing inline, nothing from elsewhere, no frame, no sniffing."""
    for answer in (client.get(path), client.get(path, headers={"Host": "evil.example"})):
        assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS
    assert "unsafe" not in ALWAYS["content-security-policy"]
    assert "frame-ancestors 'none'" in ALWAYS["content-security-policy"]


def test_https_is_for_good() -> None:
    """Once seen, a browser does not go back to plain HTTP."""
    answer = client_of(protected(), base="https://localhost").get("/who")

    assert answer.headers["strict-transport-security"] == "max-age=31536000"


def _raw(target: str) -> tuple[int, bytes]:
    """Status and body of a GET whose target no client has tidied up."""
    scope: Scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET",
        "scheme": "http", "path": unquote(target), "raw_path": target.encode(),
        "query_string": b"", "root_path": "", "headers": [(b"host", b"localhost")],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "state": {},
    }  # fmt: skip
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(protected()(scope, receive, send))
    return sent[0]["status"], b"".join(m.get("body", b"") for m in sent[1:])
