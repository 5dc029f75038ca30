"""Attacks on a whole station with accounts: what `docs/explanations/threats.md` refers to."""

import ast
import io
import json
import logging
import re
import zlib
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import cast

import numpy as np
import pytest
import structlog
from fastapi import FastAPI
from httpx2 import Response
from PIL import Image
from starlette.routing import Route
from starlette.testclient import TestClient

import okng
from okng.accounts import Accounts, Scope, UserRole
from okng.logs import set_up_logs
from okng.serve import Serving, create_app
from okng.station import Station, database_of, opened
from okng.testing import BrightnessSession, grey_photo, station_settings
from okng.testing.station.accounts import PASSWORD, add_user, cheap_passwords

URL = "/api/v1/inspections"
PNG = {"content-type": "image/png"}
SOURCE = Path(okng.__file__).parent
_OPEN = {
    "/", "/healthz", "/readyz", "/api/v1/openapi.json", "/v2", "/v2/", "/v2/health/live",
    "/v2/health/ready", "/ping",
    "/preferences", "/login", "/logout", "/setup",
}  # fmt: skip
"""What everybody may read: no record and no name stands there."""


_numbers = count(1)


@pytest.fixture(scope="module")
def station(exported: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    """One station for all attacks: 0.1 megapixels and 100 kB at most."""
    session = BrightnessSession()
    folder = tmp_path_factory.mktemp("threats") / "station"
    settings = station_settings(folder, server={"body_mb": 0.1, "pixels_mp": 0.1})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("okng.inference.engine.loaded.open_session", lambda *_: session)
        with opened(settings, [exported]) as made:
            yield made


@pytest.fixture(scope="module")
def accounts(station: Station) -> Iterator[Accounts]:
    """The accounts of the station, with the user anna."""
    assert station.records is not None
    database = database_of(station.settings)
    with Accounts(database, station.records, station.name, passwords=cheap_passwords()) as made:
        add_user(made, "anna", UserRole.QUALITY)
        yield made


@pytest.fixture
def guarded(station: Station, accounts: Accounts) -> TestClient:
    """The station with login; what it counts of a client begins with each test."""
    app = create_app(Serving(station, accounts))
    return TestClient(app, "http://localhost", raise_server_exceptions=False)


@pytest.fixture
def logs(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """The log of the server, as it is set up by `okng serve`."""
    written = io.StringIO()
    monkeypatch.setattr("okng.logs._Stderr.write", lambda _to, text: written.write(text))
    set_up_logs()
    yield written
    structlog.reset_defaults()


def _key(accounts: Accounts, *scopes: Scope) -> dict[str, str]:
    name = f"line-{next(_numbers)}"
    secret = accounts.keys.add(name, scopes or tuple(Scope), by="local").secret
    return {"Authorization": f"Bearer {secret}"}


def _routes(app: FastAPI) -> set[tuple[str, str]]:
    """Method and path of every route, with an identifier where the path has a variable."""
    routers = [each.original_router for each in app.routes if hasattr(each, "original_router")]
    routes = [*app.routes, *(route for router in routers for route in router.routes)]
    return {
        (method, re.sub(r"{[^}]*}", "x", route.path))
        for route in routes
        if isinstance(route, Route)
        for method in route.methods or ()
    }


def test_no_route_is_open_by_mistake(guarded: TestClient) -> None:
    """Every route, those of events and pages included, refuses those who are not known."""
    routes = _routes(cast("FastAPI", guarded.app))
    own = {"Origin": "http://localhost"}
    answers = {
        (method, path): guarded.request(method, path, headers=own, follow_redirects=False)
        for method, path in routes
    }

    assert len(routes) > 30
    opened = {path for (_, path), answer in answers.items() if not _is_refused(answer)}
    assert opened <= _OPEN


def _is_refused(answer: Response) -> bool:
    to_login = answer.headers.get("location", "").startswith("/login?")
    return answer.status_code in {401, 429} or (answer.status_code == 303 and to_login)


def test_another_clients_idempotency_key_gives_nobody_a_foreign_verdict(
    guarded: TestClient, accounts: Accounts
) -> None:
    """A guessed key with another photo is a conflict, never the verdict on that other photo."""
    mine, other = _key(accounts), _key(accounts)
    taken = {"Idempotency-Key": "part-1"}
    guarded.post(URL, content=grey_photo(10), headers=PNG | taken | other)

    answer = guarded.post(URL, content=grey_photo(240), headers=PNG | taken | mine)

    assert answer.status_code == 409
    assert "verdict" not in answer.json()


_BOMB = zlib.compress(b"\0" * 10_000_000)


def _png_of(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        checksum = zlib.crc32(kind + data)
        return len(data).to_bytes(4) + kind + data + checksum.to_bytes(4)

    head = width.to_bytes(4) + height.to_bytes(4) + b"\x08\x02\0\0\0"
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", _BOMB) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(30_000, 30_000), (2_000_000_000, 1)])
def test_a_decompression_bomb_is_refused_before_it_is_decoded(
    guarded: TestClient, accounts: Accounts, size: tuple[int, int]
) -> None:
    """10 kB that would be 2.7 GB of pixels: the limit counts what the file states."""
    headers = PNG | _key(accounts)

    answer = guarded.post(URL, content=_png_of(*size), headers=headers)

    assert answer.status_code < 500
    assert answer.json().get("verdict", "ERROR") == "ERROR"


@pytest.mark.parametrize(
    "body",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!doctype html><script>alert(1)</script>",
        b"GIF89a/*<script>alert(1)</script>*/=1;",
        b"%PDF-1.7 <script>alert(1)</script>",
    ],
)
@pytest.mark.parametrize("kind", ["image/svg+xml", "image/png", "application/octet-stream"])
def test_an_uploaded_page_never_comes_back_as_a_page(
    guarded: TestClient, accounts: Accounts, body: bytes, kind: str
) -> None:
    """No SVG, no HTML, no polyglot: it is judged ERROR, and served, if at all, as bytes."""
    headers = _key(accounts)
    given = guarded.post(URL, content=body, headers=headers | {"content-type": kind})
    assert given.json().get("verdict", "ERROR") == "ERROR"
    if given.status_code != 201:
        return

    photo = guarded.get(f"{URL}/{given.json()['id']}/photo", headers=headers)

    assert photo.status_code in {200, 404}
    assert photo.headers["content-type"].startswith(("application/octet-stream", "application/pr"))
    assert photo.headers["x-content-type-options"] == "nosniff"
    assert photo.headers["content-security-policy"].startswith("default-src 'none'")


def test_a_stored_photo_has_the_type_of_its_content(
    guarded: TestClient, accounts: Accounts
) -> None:
    """Not the type that its sender stated."""
    headers = _key(accounts)
    as_page = {"content-type": "image/svg+xml"}
    given = guarded.post(URL, content=grey_photo(7), headers=headers | as_page)

    photo = guarded.get(f"{URL}/{given.json()['id']}/photo", headers=headers)

    assert photo.headers["content-type"] == "image/png"


_ODD_NAMES = [
    "../../etc/passwd",
    "..\\..\\x",
    "/etc/passwd",
    "a/b",
    "C:\\x",
    "%2e%2e%2f",
    "..",
    "~",
]


@pytest.mark.parametrize("name", _ODD_NAMES)
def test_no_serial_or_station_leads_out_of_the_folder(
    guarded: TestClient, accounts: Accounts, station: Station, name: str
) -> None:
    """Names of files are made by the server; those of parts are data."""
    folder = station.settings.station.folder
    outside = {path for path in folder.parent.rglob("*") if folder not in path.parents}
    about = {"serial": name, "station": name, "batch": name, "product": name}
    headers = PNG | _key(accounts)

    given = guarded.post(URL, content=grey_photo(3), headers=headers, params=about)

    assert given.status_code == 201
    assert given.json()["serial"] == name
    assert {p for p in folder.parent.rglob("*") if folder not in p.parents} == outside
    assert not [path for path in folder.rglob("*") if "passwd" in path.name]


@pytest.mark.parametrize("path", ["/../x", "/..%2fx", "/x/../../y", "/%2e%2e/x"])
@pytest.mark.parametrize("start", [URL, "/static", ""])
def test_no_path_reads_a_file_of_the_machine(guarded: TestClient, start: str, path: str) -> None:
    """Neither by a photo's address nor by a static file's."""
    assert guarded.get(f"{start}{path}").status_code in {400, 401, 404}


def test_a_log_line_cannot_be_forged(
    guarded: TestClient, accounts: Accounts, logs: io.StringIO
) -> None:
    """Line ends and escapes in names, ids and paths start no line of their own."""
    headers = PNG | _key(accounts) | {"X-Request-Id": "a\tb"}
    answer = guarded.post(URL, content=b"x", headers=headers, params={"serial": "a\nERROR b"})
    guarded.get("/nothing%0aERROR%20b")
    written = logs.getvalue()

    assert answer.status_code in {400, 422}
    assert answer.headers["x-request-id"] != "a\tb"
    assert not re.search(r"^ERROR b", written, re.MULTILINE)


def test_a_search_is_data_and_no_sql(guarded: TestClient, accounts: Accounts) -> None:
    """A quote in a serial number finds that serial number."""
    headers = _key(accounts)
    odd = "x' OR '1'='1"
    for serial in (odd, "other"):
        guarded.post(URL, content=grey_photo(3), headers=PNG | headers, params={"serial": serial})

    by_serial = guarded.get(URL, headers=headers, params={"serial": odd}).json()["inspections"]
    by_prefix = guarded.get(URL, headers=headers, params={"serial_prefix": "_"}).json()

    assert [each["serial"] for each in by_serial] == [odd]
    assert by_prefix["inspections"] == []


def test_secrets_are_in_no_log_and_in_no_answer(
    guarded: TestClient,
    accounts: Accounts,
    logs: io.StringIO,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Neither key nor password nor session, where requests fail in every way."""
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.WARNING, "httpx2")  # of the client in this test
    key, session = _key(accounts), accounts.log_in("anna", PASSWORD)
    cookie = {"Cookie": f"okng-session={session}", "Origin": "http://localhost"}
    body = {"row": "nothing", "meaning": "no such", "password": PASSWORD}
    answers = [
        guarded.get("/nothing", headers=key),
        guarded.post(URL, content=b"x", headers=key),
        guarded.post("/api/v1/signatures", json=body, headers=cookie),
        guarded.post("/api/v1/signatures", json=body | {"meaning": "review"}, headers=cookie),
        guarded.get(URL, params={"key": key["Authorization"]}),
    ]
    seen = "".join(
        [answer.text + str(answer.headers) for answer in answers]
        + [logs.getvalue()]
        + [each.getMessage() for each in caplog.records if not each.name.startswith("httpx")]
    )

    assert {answer.status_code for answer in answers} <= {400, 401, 404, 415, 422}
    for secret in (key["Authorization"].split()[1], PASSWORD, session):
        assert secret not in seen


def test_an_unforeseen_fault_discloses_nothing(
    guarded: TestClient,
    accounts: Accounts,
    station: Station,
    logs: io.StringIO,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The answer has the id of the request; the cause stands in the log, without any values."""
    key = _key(accounts)

    def fail(*_: object) -> None:
        raise RuntimeError("/secret/path")

    monkeypatch.setattr(type(station.records), "page", fail)

    answer = guarded.get(URL, headers=key)
    written = logs.getvalue()

    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert "/secret/path" in written
    assert key["Authorization"].split()[1] not in written


def test_a_person_signs_and_a_program_does_not(guarded: TestClient, accounts: Accounts) -> None:
    """By password, with the printed name; a key is nobody."""
    key = _key(accounts)
    row = guarded.post(URL, content=grey_photo(3), headers=PNG | key).json()["id"]
    cookie = {
        "Cookie": f"okng-session={accounts.log_in('anna', PASSWORD)}",
        "Origin": "http://localhost",
    }
    body = {"row": row, "meaning": "approval", "password": PASSWORD}

    refused = guarded.post("/api/v1/signatures", json=body, headers=key)
    wrong = guarded.post("/api/v1/signatures", json=body | {"password": "x"}, headers=cookie)
    signed = guarded.post("/api/v1/signatures", json=body, headers=cookie)

    assert [refused.status_code, wrong.status_code, signed.status_code] == [403, 401, 201]
    (listed,) = guarded.get("/api/v1/signatures", params={"row": row}, headers=key).json()
    assert listed == signed.json()
    assert (listed["printed_name"], listed["meaning"], listed["matches"]) == (
        "Anna", "approval", True,
    )  # fmt: skip


_STATION = ("serve", "station", "records", "accounts", "inference", "modelfile", "client")


def _imports(package: str) -> set[str]:
    names: set[str] = set()
    for path in (SOURCE / package).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


@pytest.mark.parametrize("package", _STATION)
def test_nothing_is_unpickled(package: str) -> None:
    """No package of the station imports a module that runs code from data."""
    dangerous = {"pickle", "shelve", "marshal", "dill", "cloudpickle", "joblib", "yaml"}

    assert not {name.partition(".")[0] for name in _imports(package)} & dangerous


@pytest.mark.parametrize("package", [name for name in _STATION if name != "client"])
def test_no_endpoint_fetches_addresses(package: str) -> None:
    """A request cannot make the station ask another machine (SSRF)."""
    fetching = {"requests", "httpx", "httpx2", "aiohttp", "urllib3", "http.client"}
    imported = _imports(package)

    assert not {name for name in imported if name.split(".")[0] in fetching or name in fetching}
    assert "urllib.request" not in imported


def test_a_photo_of_few_bytes_is_no_way_around_the_limit(
    guarded: TestClient, accounts: Accounts
) -> None:
    """Pixels are counted, not bytes: a compressible photo beyond the limit is refused."""
    data = io.BytesIO()
    Image.fromarray(np.zeros((400, 400), np.uint8)).save(data, "PNG")  # 0.16 of 0.1 megapixels

    answer = guarded.post(URL, content=data.getvalue(), headers=PNG | _key(accounts))

    assert json.loads(answer.text).get("error_code", answer.json().get("code")) == "photo.size"
