"""Puts the middlewares of this package around an application, in their order."""

from fastapi import FastAPI

from okng.config.station import ServerSection
from okng.serve.security.forwarded import ForwardedFrom, proxies_of
from okng.serve.security.guard import Guard
from okng.serve.security.headers import SecurityHeaders
from okng.serve.security.hosts import Hosts, TrustedHosts, served_hosts
from okng.serve.security.origin import OwnOrigin
from okng.serve.security.paths import PlainPaths
from okng.serve.security.refusal import Answer
from okng.serve.security.slow import TimedBodies


def protect(
    app: FastAPI, server: ServerSection, guard: Guard, answer: Answer, hosts: Hosts | None = None
) -> None:
    """Protect an application; to be called after its own middlewares were added.

    Args:
        app: of the station.
        server: settings.
        guard: who asks.
        answer: makes the answers to refused requests.
        hosts: that are served; those of the settings if not given.

    Raises:
        ConfigError: a setting is not valid.
    """
    app.state.guard = guard
    # The last one that is added gets the request first.
    app.add_middleware(TimedBodies, answer=answer, seconds=server.timeout)
    app.add_middleware(OwnOrigin, answer=answer)
    app.add_middleware(TrustedHosts, answer=answer, hosts=hosts or served_hosts(server))
    app.add_middleware(PlainPaths, answer=answer)
    app.add_middleware(ForwardedFrom, proxies=proxies_of(server.forwarded_from))
    app.add_middleware(SecurityHeaders)
