"""Small protected servers for the tests of security."""

from typing import Annotated

from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse
from fastapi.testclient import TestClient

from okng.accounts import Accounts, Scope
from okng.config.station import ServerSection
from okng.errors import OkngError, http_status
from okng.serve.security import Caller, Guard, Rates, protect, require


def answer(_request: Request, error: OkngError) -> JSONResponse:
    """The code of the error, with its status."""
    return JSONResponse({"code": error.code}, http_status(error))


def protected(
    accounts: Accounts | None = None, *, rates: Rates | None = None, **server: object
) -> FastAPI:
    """A server that names the caller, with all middlewares.

    Args:
        accounts: None for none.
        rates: how often a caller may ask.
        server: settings of the section `[server]`.
    """
    app = FastAPI()
    app.add_exception_handler(OkngError, answer)  # type: ignore[arg-type]

    @app.api_route("/who", methods=["GET", "POST", "PUT", "DELETE"])
    def _who(request: Request, caller: Annotated[Caller, Depends(require())]) -> dict[str, str]:
        return {"name": caller.name, "address": caller.address, "scheme": request.url.scheme}

    @app.post("/body")
    async def _body(body: dict[str, str]) -> int:
        return len(body)

    for scope in Scope:

        @app.post(f"/{scope}")
        def _do(caller: Annotated[Caller, Depends(require(scope))]) -> str:
            return caller.name

    protect(app, ServerSection(**server), Guard(accounts, rates), answer)
    return app


def client_of(
    app: FastAPI, *, address: str = "127.0.0.1", base: str = "http://localhost"
) -> TestClient:
    """A client at an address."""
    return TestClient(app, base_url=base, client=(address, 50_000))
