"""One station with pages and one browser for all tests of pages: real server, real Chromium."""

import importlib.util
import os
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, expect, sync_playwright

from okng.accounts import Accounts, Scope, UserRole
from okng.serve import Serving, create_app
from okng.station import database_of, opened
from okng.testing import station_settings
from okng.testing.station.accounts import add_user, cheap_passwords
from okng.testing.station.documents import write_documents
from web_site import FOREIGN, Site, inspection_row

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
_VERDICTS = ("OK",) * 8 + ("NG", "NG", "REVIEW", "ERROR")


_PATIENCE_MS = 20_000  # a machine that runs other tests beside these is slow


@pytest.fixture(scope="session")
def site(exported: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A station with 60 inspections of every verdict, on a port of its own."""
    settings = station_settings(tmp_path_factory.mktemp("site"))
    model = Path(shutil.copy(exported, tmp_path_factory.mktemp("run") / "inspector.onnx"))
    write_documents(model, body=FOREIGN)
    with opened(settings, [model]) as station:
        assert station.records is not None
        rows = [inspection_row(_VERDICTS[n % 12], station.name, f"A-{n:04d}") for n in range(60)]
        station.records.append(*rows).result()
        with served(create_app(Serving(station))) as address:
            yield Site(address, station.records, station.name)


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """Serve an application on a port of its own, and give its address."""
    with socket.create_server(("127.0.0.1", 0)) as sock:
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]})
        thread.start()
        yield f"http://localhost:{sock.getsockname()[1]}"
        server.should_exit = server.force_exit = True
        thread.join()


@pytest.fixture(scope="session")
def accounts_site(exported: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a station with logins: an admin `root`, an operator `anna`, a key."""
    settings = station_settings(tmp_path_factory.mktemp("accounts-site"))
    with opened(settings, [exported]) as station, Accounts(
        database_of(settings), station.records, station.name, passwords=cheap_passwords()
    ) as accounts:  # fmt: skip
        add_user(accounts, "root", UserRole.ADMIN)
        add_user(accounts, "anna")
        accounts.keys.add("line", [Scope.JUDGE], by="user:root")
        with served(create_app(Serving(station, accounts))) as address:
            yield address


# Not longer than a module: while Playwright is open its event loop counts as running in this
# thread, and `asyncio.run` of any other test fails.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium."""
    if CHROMIUM is None:
        if os.environ.get("OKNG_REQUIRE_SERVICES") == "1":
            pytest.fail("there is no Chromium here, and OKNG_REQUIRE_SERVICES asks for it")
        pytest.skip("there is no Chromium here: apt-get install chromium")
    expect.set_options(timeout=_PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def setup_link(exported: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The one-time link of a station without an admin."""
    folder = tmp_path_factory.mktemp("setup-site")
    with (
        opened(station_settings(folder), [exported]) as station,
        Accounts(folder / "a.sqlite", None, "s", passwords=cheap_passwords()) as accounts,
        served(create_app(Serving(station, accounts))) as address,
    ):
        yield f"{address}/setup?code={accounts.first_admin.new_code()}"


@pytest.fixture(scope="session")
def axe() -> str:
    """The script of axe-core, from the package axe-core-python or from where `AXE` names it."""
    if named := os.environ.get("AXE"):
        return Path(named).read_text(encoding="utf-8")
    package = importlib.util.find_spec("axe_core_python")
    if package is None or not package.submodule_search_locations:
        pytest.skip("the package axe-core-python is not installed, and AXE names no axe.min.js")
    return (Path(package.submodule_search_locations[0]) / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """A page of the station in English; an error of a script, or on the console, fails the test."""
    faults: list[str] = []
    with _open(browser, site, faults) as page:
        yield page
    assert faults == []


@pytest.fixture
def refused_page(browser: Browser, site: Site) -> Iterator[Page]:
    """Likewise, for requests that the station refuses: the browser lists them as errors."""
    faults: list[str] = []
    with _open(browser, site, faults) as page:
        yield page
    assert [fault for fault in faults if "Failed to load resource" not in fault] == []


@contextmanager
def _open(browser: Browser, site: Site, faults: list[str]) -> Iterator[Page]:
    context = browser.new_context(base_url=site.address, locale="en-US", reduced_motion="reduce")
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    page.set_default_timeout(_PATIENCE_MS)
    yield page
    context.close()
