"""The socket that the station listens on."""

import socket

import pytest

from okng.config import StationSettings
from okng.config.station import ServerSection
from okng.errors import ConfigError
from okng.serve.running import listening


def _settings(port: int = 0) -> StationSettings:
    return StationSettings(server=ServerSection(host="127.0.0.1", port=port))


def test_an_answer_does_not_wait_for_an_acknowledgement() -> None:
    """Connections send at once; with Nagle's algorithm each answer took 40 ms longer."""
    with listening(_settings()) as listener, socket.create_connection(listener.getsockname()):
        connection, _ = listener.accept()
        with connection:
            sends_at_once = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)

    assert sends_at_once


def test_a_port_in_use_is_an_error() -> None:
    """It names the address and the setting."""
    with listening(_settings()) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(ConfigError, match=f"127.0.0.1:{port}"):
            listening(_settings(port))
