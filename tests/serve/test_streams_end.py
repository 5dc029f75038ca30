"""A stream of events ends with the login or the key that opened it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
from starlette.requests import Request

from okng.accounts import Accounts, Scope
from okng.serve import Serving, create_app
from okng.serve.routes.events import events
from okng.serve.security.guard import Reader
from okng.station import Station, database_of
from okng.testing.station.accounts import FakeClock, add_user, cheap_passwords

_OFTEN_S = 0.02
_DAY_S = 24 * 3600


@pytest.fixture
def clock() -> FakeClock:
    """The clock of the accounts."""
    return FakeClock()


@pytest.fixture
def accounts(
    station: Station, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Accounts]:
    """Of a station with the operator `anna`; streams ask fifty times a second."""
    monkeypatch.setattr("okng.serve.security.guard.READER_S", _OFTEN_S)
    database = database_of(station.settings)
    with Accounts(
        database, station.records, station.name, passwords=cheap_passwords(), clock=clock
    ) as made:
        add_user(made, "anna")
        yield made


def _request(station: Station, accounts: Accounts | None, name: str, value: str) -> Request:
    app = create_app(Serving(station, accounts))
    headers = [(name.encode(), value.encode())]
    return Request({"type": "http", "scheme": "http", "headers": headers, "app": app})


async def _ends(stream: AsyncIterator[object], end: Callable[[], None]) -> None:
    """Read a stream, cause its end, and wait for it."""
    rest = asyncio.ensure_future(anext(stream, None))
    await asyncio.sleep(5 * _OFTEN_S)
    assert not rest.done()
    await asyncio.to_thread(end)
    assert await asyncio.wait_for(rest, 10) is None


@pytest.mark.parametrize("how", ["logout", "locked", "idle"])
def test_a_stream_ends_with_its_session(
    station: Station, accounts: Accounts, clock: FakeClock, how: str
) -> None:
    """By logout, by an admin, and after a shift without use: an open stream is no use."""
    secret = accounts.sessions.open(accounts.users.get("anna"))
    request = _request(station, accounts, "cookie", f"okng-session={secret}")

    def end() -> None:
        if how == "logout":
            accounts.sessions.close(secret)
        elif how == "locked":
            accounts.users.change("anna", active=False, by="user:root")
        else:
            clock.advance(_DAY_S)

    asyncio.run(_ends(events(request, Serving(station, accounts)), end))


def test_a_stream_ends_with_its_key(station: Station, accounts: Accounts) -> None:
    """Once it is revoked."""
    new = accounts.keys.add("line", [Scope.JUDGE], by="user:root")
    request = _request(station, accounts, "authorization", f"Bearer {new.secret}")
    stream = events(request, Serving(station, accounts))

    asyncio.run(_ends(stream, lambda: accounts.keys.revoke(new.key.prefix, by="user:root")))


def test_without_login_streams_stay_open(station: Station) -> None:
    """With --no-auth everybody is known."""
    request = _request(station, None, "cookie", "okng-session=none")

    assert asyncio.run(Reader(request).may_go_on())


def test_a_database_that_is_gone_knows_nobody(station: Station, accounts: Accounts) -> None:
    """Whoever cannot be looked up may not go on."""
    request = _request(station, accounts, "cookie", "okng-session=any")
    accounts.close()

    async def later() -> bool:
        reader = Reader(request)
        await asyncio.sleep(2 * _OFTEN_S)
        return await reader.may_go_on()

    assert not asyncio.run(later())
