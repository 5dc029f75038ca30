"""Runs the server of a station in this process, until it is asked to stop."""

import socket
from collections.abc import Callable, Sequence
from pathlib import Path

import uvicorn

from okng.config import StationSettings
from okng.errors import ConfigError
from okng.serve.app import create_app
from okng.serve.context import Serving
from okng.serve.logs import set_up_logs
from okng.station import opened

_WAITING = 128  # connections that the system holds until they are accepted


def run(settings: StationSettings, models: Sequence[Path], announce: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT; photos that were accepted are answered before it ends.

    Args:
        settings: of the station.
        models: model files that decide; the first one does where none is named.
        announce: called with the address once the station listens.

    Raises:
        ModelFileError: a model file cannot be used.
        RecordsError: the database cannot be opened.
        ConfigError: the address cannot be listened on.
    """
    set_up_logs()
    with listening(settings) as listener, opened(settings, models) as station:
        serving = Serving(station)
        server = _Server(_config(settings, serving), serving)
        announce(_address(settings, listener))
        try:
            server.run(sockets=[listener])
        except KeyboardInterrupt:
            # uvicorn raises the signal again after it has ended in good order.
            return


def listening(settings: StationSettings) -> socket.socket:
    """A socket on the address of the settings.

    Raises:
        ConfigError: it is in use, or not of this machine.
    """
    server = settings.server
    family = socket.AF_INET6 if ":" in server.host else socket.AF_INET
    try:
        return socket.create_server((server.host, server.port), family=family, backlog=_WAITING)
    except OSError as exc:
        raise ConfigError(
            f"{server.host}:{server.port} cannot be listened on: {exc.strerror or exc}",
            where="server.port",
            hint="Stop the program that uses it, or give another `server.port`; 0 takes any.",
        ) from exc


class _Server(uvicorn.Server):
    """Ends the streams before it waits for its connections."""

    def __init__(self, config: uvicorn.Config, serving: Serving) -> None:
        super().__init__(config)
        self._serving = serving

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept no more, and finish what was accepted."""
        self._serving.stop()
        await super().shutdown(sockets)


def _config(settings: StationSettings, serving: Serving) -> uvicorn.Config:
    server = settings.server
    return uvicorn.Config(
        create_app(serving),
        log_config=None,
        access_log=False,
        server_header=False,
        ws="none",
        lifespan="off",
        proxy_headers=bool(server.forwarded_from),
        forwarded_allow_ips=server.forwarded_from or "127.0.0.1",
        timeout_graceful_shutdown=round(server.stop_timeout),
        ssl_certfile=server.tls_cert,
        ssl_keyfile=server.tls_key,
    )


def _address(settings: StationSettings, listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    scheme = "https" if settings.server.tls_cert else "http"
    shown = "localhost" if host in {"0.0.0.0", "::", "127.0.0.1"} else host  # noqa: S104
    return f"{scheme}://{f'[{shown}]' if ':' in shown else shown}:{port}"
