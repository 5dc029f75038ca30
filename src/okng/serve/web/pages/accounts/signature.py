"""A person signs an inspection on its page."""

from typing import Annotated

from fastapi import Form
from starlette.responses import RedirectResponse

from okng.accounts import Meaning
from okng.errors import MissingError
from okng.serve.context import ServingNow
from okng.serve.web.callers import ReviewerNow
from okng.serve.web.routing import pages

router = pages()
_SEE_OTHER = 303


@router.post("/inspections/{identifier}/sign")
def signed(
    serving: ServingNow,
    caller: ReviewerNow,
    identifier: str,
    meaning: Annotated[Meaning, Form()],
    password: Annotated[str, Form(max_length=1000)],
    note: Annotated[str, Form(max_length=4000)] = "",
) -> RedirectResponse:
    """Put the signature on record; it stands in the history of the inspection."""
    if serving.accounts is None or caller.user is None:
        raise MissingError("Only a person signs", hint="Log in as a person.")
    serving.accounts.signatures.sign(
        identifier, meaning, name=caller.user.name, password=password, note=note.strip()
    )
    return RedirectResponse(f"/inspections/{identifier}", _SEE_OTHER)
