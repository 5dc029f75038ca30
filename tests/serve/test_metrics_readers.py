"""Who reads /metrics: anybody, programs on the same machine, or holders of a key."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from okng.accounts import Accounts, Scope
from okng.serve import Serving, create_app
from okng.station import database_of, opened
from okng.testing import BrightnessSession, station_settings
from okng.testing.station.accounts import cheap_passwords
from okng.testing.station.protected import client_of

HERE, ELSEWHERE, PROXY = "127.0.0.1", "10.0.0.9", "10.0.0.2"


@pytest.fixture
def app(
    request: pytest.FixtureRequest, exported: Path, session: BrightnessSession, tmp_path: Path
) -> Iterator[tuple[FastAPI, str]]:
    """A station with logins and this setting, and a key of it."""
    server = {"no_auth": False, "metrics": request.param, "forwarded_from": PROXY}
    settings = station_settings(tmp_path / "s", server=server)
    with opened(settings, [exported]) as station, Accounts(
        database_of(settings), station.records, station.name, passwords=cheap_passwords()
    ) as accounts:  # fmt: skip
        secret = accounts.keys.add("prometheus", [Scope.JUDGE], by="user:root").secret
        yield create_app(Serving(station, accounts)), secret
    session.free.set()


@pytest.mark.parametrize(
    ("app", "here", "elsewhere"),
    [("open", 200, 200), ("local", 200, 401), ("key", 401, 401)],
    indirect=["app"],
)
def test_who_reads_the_metrics(app: tuple[FastAPI, str], here: int, elsewhere: int) -> None:
    """With a key everybody does; the answer without one has no number in it."""
    made, secret = app
    key = {"authorization": f"Bearer {secret}"}
    clients = [client_of(made, address=address) for address in (HERE, "::1", ELSEWHERE)]
    refused = client_of(made, address=ELSEWHERE).get("/metrics")

    assert [each.get("/metrics").status_code for each in clients] == [here, here, elsewhere]
    assert [each.get("/metrics", headers=key).status_code for each in clients] == [200] * 3
    assert ("okng_ready" in refused.text) == (elsewhere == 200)


@pytest.mark.parametrize("app", ["local"], indirect=True)
@pytest.mark.parametrize(
    ("address", "headers"),
    [(HERE, {"x-forwarded-for": ELSEWHERE}), (HERE, {"forwarded": "for=127.0.0.1"}),
     (PROXY, {"x-forwarded-for": ELSEWHERE}), (PROXY, {"x-forwarded-for": HERE}), (PROXY, {})],
)  # fmt: skip
def test_a_proxy_on_the_machine_is_not_local(
    app: tuple[FastAPI, str], address: str, headers: dict[str, str]
) -> None:
    """It hands on requests of others, whether its headers are believed or not."""
    assert client_of(app[0], address=address).get("/metrics", headers=headers).status_code == 401
