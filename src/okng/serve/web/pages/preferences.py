"""The choice of language and colours."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import RedirectResponse

from okng.serve.web.preferences import LANGUAGE_COOKIE, THEME_COOKIE, Theme
from okng.wording import Language

router = APIRouter(include_in_schema=False)
_YEAR_S = 365 * 24 * 3600  # a browser stores a cookie for 400 days at most
_SEE_OTHER = 303


@router.post("/preferences")
def choose(
    back: Annotated[str, Form()] = "/",
    language: Annotated[Language | None, Form()] = None,
    theme: Annotated[Theme | None, Form()] = None,
) -> RedirectResponse:
    """Store a choice in the browser, and show the page anew."""
    response = RedirectResponse(local(back), _SEE_OTHER)
    for cookie, value in ((LANGUAGE_COOKIE, language), (THEME_COOKIE, theme)):
        if value is not None:
            response.set_cookie(cookie, value.value, max_age=_YEAR_S, httponly=True, samesite="lax")
    return response


def local(address: str) -> str:
    r"""The address if it leads to a page of this station, else the first page.

    Browsers take `//host`, `/\host` and such with tabs or line ends between for other sites.
    """
    is_local = address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if is_local and address.isprintable() else "/"
