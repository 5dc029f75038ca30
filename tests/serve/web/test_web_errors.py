"""Errors as a browser gets them: a page, where a program gets a problem of RFC 9457."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from okng.serve import Serving, create_app
from okng.station import Station

HTML = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
_PROBLEM = "application/problem+json"


@pytest.fixture
def client(station: Station) -> Iterator[TestClient]:
    """A server with a page that fails."""
    app = create_app(Serving(station))

    @app.get("/broken")
    @app.get("/api/v1/broken")
    def _broken() -> None:
        raise RuntimeError("a fault of okng")

    with TestClient(app, "http://localhost", raise_server_exceptions=False) as client:
        yield client


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("GET", "/inspections/none", 404), ("DELETE", "/live", 405),
     ("GET", "/inspections?cursor=x", 400), ("GET", "/broken", 500)],
)  # fmt: skip
def test_a_browser_gets_a_page(client: TestClient, method: str, path: str, status: int) -> None:
    """With navigation, what happened, its code, and the id that the log has."""
    answer = client.request(method, path, headers=HTML)

    assert (answer.status_code, answer.headers["content-type"]) == (
        status, "text/html; charset=utf-8",
    )  # fmt: skip
    assert '<nav id="places"' in answer.text
    assert answer.headers["x-request-id"] in answer.text
    assert "a fault of okng" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("path", "headers"),
    [("/api/v1/nowhere", HTML), ("/api/v1/broken", HTML), ("/nowhere", {}), ("/broken", {})],
)
def test_a_program_gets_a_problem(client: TestClient, path: str, headers: dict[str, str]) -> None:
    """The API does so whatever is accepted; elsewhere, whoever asks for no page."""
    assert client.get(path, headers=headers).headers["content-type"] == _PROBLEM


def test_a_part_of_a_page_gets_a_problem_in_its_language(client: TestClient) -> None:
    """The script of the open page shows it as a message."""
    headers = HTML | {"hx-request": "true", "accept-language": "de"}
    answer = client.get("/broken", headers=headers)

    assert answer.headers["content-type"] == _PROBLEM
    assert answer.json()["status"] == 500


def test_an_unknown_address_is_a_page_in_german(client: TestClient) -> None:
    """In the language of the browser."""
    answer = client.get("/nirgends", headers=HTML | {"accept-language": "de"})

    assert '<html lang="de"' in answer.text
    assert "Zur Live-Seite" in answer.text
