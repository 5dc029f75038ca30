"""Refuses requests for host names that this station does not serve.

A page of another site can make a name of its own point to this machine (DNS rebinding); a browser
then sends that name. It cannot do so with an address, so that addresses are served by default.
"""

import ipaddress
import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.types import ASGIApp

from okng.config.station import ServerSection
from okng.error_codes import Code
from okng.errors import ConfigError, StationError
from okng.serve.security.refusal import Answer, Middleware
from okng.text import shown

# IPv6 in brackets, name or IPv4; a port
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(:\d{1,5})?", re.IGNORECASE)
_NAME = re.compile(r"(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*", re.IGNORECASE)
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Hosts:
    """Which hosts are served.

    Attributes:
        names: in lower case; `*.plant.example` stands for all names below.
        addresses: whether every IP address is served as well.
        any: whether every name is.
    """

    names: frozenset[str]
    addresses: bool = False
    any: bool = False

    def serves(self, host: str) -> bool:
        """Whether a host, without its port, is served."""
        plain = host.lower().rstrip(".")  # a name may end in a dot: station.example.
        if self.any or plain in self.names or (self.addresses and _is_address(plain)):
            return True
        return any(name[0] == "*" and plain.endswith(name[1:]) for name in self.names)


def served_hosts(server: ServerSection) -> Hosts:
    """The hosts of the settings; those of this machine, and addresses, where none are given.

    Raises:
        ConfigError: an entry is no host name, no address, and not `*`.
    """
    given = [each.strip().lower() for each in server.trusted_hosts.split(",") if each.strip()]
    # None given: names of this machine, and every address. An attack by DNS (rebinding) needs a
    # name.
    if not given:
        own = socket.gethostname().lower()
        names = {*_THIS_MACHINE, server.host.lower(), own, f"{own.partition('.')[0]}.local"}
        return Hosts(frozenset(names), addresses=True)
    odd = [each for each in given if each != "*" and not (_is_address(each) or _is_name(each))]
    if odd:
        raise ConfigError.gather(
            [f"{shown(each)!r} is no host name and no address" for each in odd],
            where="server.trusted_hosts",
            hint="Give names without port, such as station-1.plant.example, or * for all.",
        )
    # Health checks of the machine itself come by its own address.
    return Hosts(frozenset(given).union(_THIS_MACHINE), any="*" in given)


def host_of(hosts: Iterable[str]) -> str | None:
    """The host without its port; None where the header is missing, double or malformed."""
    match [_HOST.fullmatch(each) for each in hosts]:
        case [re.Match() as only]:  # exactly one: two Host headers are an attack (RFC 9112, 3.2)
            return str(only[1]).strip("[]").lower()
    return None


class TrustedHosts(Middleware):
    """Refuses requests whose header `Host` is missing, double, malformed or foreign.

    Args:
        app: that gets the rest.
        answer: makes the answers to refused requests.
        hosts: that are served.
    """

    def __init__(self, app: ASGIApp, answer: Answer, hosts: Hosts) -> None:
        super().__init__(app, answer)
        self._hosts = hosts

    def check(self, request: Request) -> None:
        """See `Middleware.check`."""
        host = host_of(request.headers.getlist("host"))
        if host is not None and self._hosts.serves(host):
            return
        raise StationError(
            "The station does not serve this host name",
            where="Host",
            hint="Use its address, or add the name to `server.trusted_hosts`.",
            code=Code.HOST_FOREIGN,
        )


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _is_name(host: str) -> bool:
    return _NAME.fullmatch(host) is not None
