"""Who asks: one dependency, so that the routes do not care how it is checked."""

from typing import Annotated, NamedTuple

from fastapi import Depends, Request


class Caller(NamedTuple):
    """Who sent a request.

    Attributes:
        name: on record: `key:NAME`, `user:NAME`, or `local`.
        client: whose photos are counted together.
    """

    name: str
    client: str


def caller_of(request: Request) -> Caller:
    """Who sent a request; without keys, everybody on this machine is `local`."""
    return Caller("local", request.client.host if request.client else "local")


CallerNow = Annotated[Caller, Depends(caller_of)]
"""For the signature of a route."""
