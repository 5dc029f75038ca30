"""Uses the headers of a proxy in front, and of nobody else.

`X-Forwarded-For`, `-Proto` and `-Host` are believed only from configured addresses. From everybody
else they are removed, so that nothing behind reads them by mistake.
"""

import ipaddress
from typing import NamedTuple

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from okng.errors import ConfigError
from okng.text import shown

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_NAMES = frozenset(
    {b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"x-forwarded-port",
     b"x-forwarded-prefix", b"x-forwarded-server", b"x-real-ip", b"x-original-url",
     b"x-rewrite-url", b"forwarded"}
)  # fmt: skip
FORWARDED = "okng.forwarded"
"""In the scope: whether some proxy says that it handed the request on, be it believed or not."""


def proxies_of(setting: str) -> tuple[Network, ...]:
    """The networks of `server.forwarded_from`.

    Raises:
        ConfigError: an entry is no address and no network.
    """
    given = [each.strip() for each in setting.split(",") if each.strip()]
    networks, odd = [], []
    for each in given:
        try:
            networks.append(ipaddress.ip_network(each, strict=False))
        except ValueError:
            odd.append(f"{shown(each)!r} is no address and no network")
    if odd:
        raise ConfigError.gather(
            odd,
            where="server.forwarded_from",
            hint="Give addresses of proxies, such as 10.0.0.2 or 10.0.0.0/24.",
        )
    return tuple(networks)


def is_local(connection: HTTPConnection) -> bool:
    """Whether a program on this machine asks, and none that hands on requests of others."""
    if connection.client is None or connection.scope.get(FORWARDED, False):
        return False
    try:
        return ipaddress.ip_address(connection.client.host).is_loopback
    except ValueError:
        return False


class ForwardedFrom:
    """Middleware: client, scheme and host are those that a configured proxy states.

    Args:
        app: that gets the request.
        proxies: networks of the proxies.
    """

    def __init__(self, app: ASGIApp, proxies: tuple[Network, ...]) -> None:
        self._app, self._proxies = app, proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] == "http":
            headers = Headers(scope=scope)
            # from nobody: what is left of them is only what a proxy states
            plain = [pair for pair in scope["headers"] if pair[0] not in _NAMES]
            is_forwarded = len(plain) < len(scope["headers"])
            scope = {**scope, "headers": plain, FORWARDED: is_forwarded}
            if scope["client"] and self._is_proxy(scope["client"][0]):
                scope = {**scope, **self._stated(headers).scope(plain)}
        await self._app(scope, receive, send)

    def _is_proxy(self, address: str) -> bool:
        try:
            client = ipaddress.ip_address(address)  # a socket file has no address
        except ValueError:
            return False
        return any(client in network for network in self._proxies)

    def _stated(self, headers: Headers) -> "_Stated":
        chain = _listed(headers, "x-forwarded-for")
        # From the right: what stands left of the first foreign address may be made up by it.
        client = next((each for each in reversed(chain) if not self._is_proxy(each)), None)
        schemes, hosts = _listed(headers, "x-forwarded-proto"), _listed(headers, "x-forwarded-host")
        # the nearest proxy writes last
        return _Stated(client, schemes[-1] if schemes else "", hosts[-1] if hosts else "")


class _Stated(NamedTuple):
    client: str | None
    scheme: str
    host: str

    def scope(self, headers: list[tuple[bytes, bytes]]) -> dict[str, object]:
        """What changes in the scope of the request."""
        changed: dict[str, object] = {}
        if self.client:
            changed["client"] = (self.client, 0)  # the port of the client is not known
        if self.scheme in {"http", "https"}:
            changed["scheme"] = self.scheme
        if self.host:
            others = [pair for pair in headers if pair[0] != b"host"]
            # bytes: WSGI and ASGI have headers in latin-1
            changed["headers"] = [(b"host", self.host.encode("latin-1", "replace")), *others]
        return changed


def _listed(headers: Headers, name: str) -> list[str]:
    joined = ",".join(headers.getlist(name))
    return [each.strip() for each in joined.split(",") if each.strip()]
