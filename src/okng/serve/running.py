"""Runs the server of a station in this process, until it is asked to stop."""

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import uvicorn
from fastapi import FastAPI

from okng.accounts import Accounts, Limits
from okng.config import StationSettings
from okng.connect.alarms import Alarms
from okng.connect.delivering import Delivering
from okng.connect.drift import report_drift
from okng.connect.following import following
from okng.connect.shared import Shared
from okng.errors import ConfigError
from okng.logs import set_up_logs
from okng.serve.app import Offer, build_routes, create_app
from okng.serve.context import Serving
from okng.serve.observing.tracing import export_traces, is_traced
from okng.serve.sagemaker import sagemaker_model, sagemaker_settings
from okng.serve.security import TimedProtocol, check_open, check_tls
from okng.station import Station, database_of, opened

_WAITING = 128  # connections that the system holds until they are accepted


class Started(NamedTuple):
    """A station that listens.

    Attributes:
        address: to open in a browser.
        setup: link with which the first admin is made, valid once; None where there are users, or
            no login.
    """

    address: str
    setup: str | None


def run(
    settings: StationSettings, models: Sequence[Path], announce: Callable[[Started], None]
) -> None:
    """Serve until SIGTERM or SIGINT; photos that were accepted are answered before it ends.

    Args:
        settings: of the station.
        models: model files that decide; the first one does where none is named. None at all is how
            SageMaker starts a container.
        announce: called once the station listens.

    Raises:
        ModelFileError: a model file cannot be used.
        RecordsError: the database cannot be opened.
        ConfigError: the address cannot be listened on, or settings do not fit together.
    """
    set_up_logs()
    container = not models
    if container:
        models, settings = [sagemaker_model()], sagemaker_settings(settings)
    else:
        check_open(settings.server)
    secure = check_tls(settings.server)
    with (
        _traces(settings),
        listening(settings) as listener,
        opened(settings, models) as station,
        _accounts(settings, station) as accounts,
    ):
        alarms = Alarms(station.records, station.name)
        report_drift(station, alarms)
        server = _server(
            Serving(station, accounts), Offer.CONTAINER if container else Offer.STATION
        )
        announce(_started(_address(listener, secure=secure), accounts))
        try:
            with following(station, alarms):
                server.run(sockets=[listener])
        except KeyboardInterrupt:
            # uvicorn raises the signal again after it has ended in good order.
            return


@contextmanager
def beside(
    station: Station,
    settings: StationSettings,
    shared: Shared | None = None,
    delivering: Delivering | None = None,
) -> Iterator[Started]:
    """Page and API of a station that runs already, in a thread of their own, until the block ends.

    Args:
        station: that judges.
        settings: of it; `server` says where to listen.
        shared: what the adapters of its line share with the server.
        delivering: to its sinks, for the metrics; None without sinks.

    Raises:
        ConfigError: the address cannot be listened on, or settings do not fit together.
    """
    check_open(settings.server)
    secure = check_tls(settings.server)
    with listening(settings) as listener, _accounts(settings, station) as accounts:
        server = _server(Serving(station, accounts, delivering, shared=shared or Shared()))
        # Signals belong to the main thread; uvicorn leaves them alone in any other.
        thread = threading.Thread(
            target=server.run, kwargs={"sockets": [listener]}, name="okng-server", daemon=True
        )
        thread.start()
        try:
            yield _started(_address(listener, secure=secure), accounts)
        finally:
            server.should_exit = True
            thread.join(settings.server.stop_timeout)


def listening(settings: StationSettings) -> socket.socket:
    """A socket on the address of the settings.

    Raises:
        ConfigError: it is in use, or not of this machine.
    """
    server = settings.server
    family = socket.AF_INET6 if ":" in server.host else socket.AF_INET
    try:
        listener = socket.create_server((server.host, server.port), family=family, backlog=_WAITING)
    except OSError as exc:
        raise ConfigError(
            f"{server.host}:{server.port} cannot be listened on: {exc.strerror or exc}",
            where="server.port",
            hint="Stop the program that uses it, or give another `server.port`; 0 takes any.",
        ) from exc
    # Head and body of an answer are two writes. Without this the second waits for the client's
    # delayed acknowledgement, 40 ms. asyncio sets it only where a socket names its protocol, which
    # those of `create_server` do not; connections inherit it from here.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _server(serving: Serving, offer: Offer = Offer.STATION) -> uvicorn.Server:
    app = create_app(serving, offer=offer)
    build_routes(app)
    return _Server(_config(serving.settings, app), serving)


class _Server(uvicorn.Server):
    """Ends the streams before it waits for its connections."""

    def __init__(self, config: uvicorn.Config, serving: Serving) -> None:
        super().__init__(config)
        self._serving = serving

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept no more, and finish what was accepted."""
        self._serving.stop()
        await super().shutdown(sockets)


@contextmanager
def _traces(settings: StationSettings) -> Iterator[None]:
    if not is_traced():
        yield
        return
    end = export_traces(settings.station.name)
    try:
        yield
    finally:
        end()


@contextmanager
def _accounts(settings: StationSettings, station: Station) -> Iterator[Accounts | None]:
    if settings.server.no_auth:
        yield None
        return
    limits = Limits(settings.server.session_idle, settings.server.session_longest)
    database = database_of(settings)
    with Accounts(database, station.records, station.name, limits=limits) as accounts:
        yield accounts


def _config(settings: StationSettings, app: FastAPI) -> uvicorn.Config:
    server = settings.server
    return uvicorn.Config(
        app,
        http=TimedProtocol,
        log_config=None,
        access_log=False,
        server_header=False,
        ws="none",
        lifespan="off",
        proxy_headers=False,  # `okng.serve.security` uses those of trusted proxies
        timeout_graceful_shutdown=round(server.stop_timeout),
        ssl_certfile=server.tls_cert,
        ssl_keyfile=server.tls_key,
    )


def _started(address: str, accounts: Accounts | None) -> Started:
    code = None if accounts is None else accounts.first_admin.new_code()
    return Started(address, None if code is None else f"{address}/setup?code={code}")


def _address(listener: socket.socket, *, secure: bool) -> str:
    host, port = listener.getsockname()[:2]
    shown = "localhost" if host in {"0.0.0.0", "::", "127.0.0.1"} else host  # noqa: S104
    return f"{'https' if secure else 'http'}://{f'[{shown}]' if ':' in shown else shown}:{port}"
