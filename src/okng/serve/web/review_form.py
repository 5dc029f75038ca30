"""The form with which a person reviews a part."""

from typing import Annotated, Literal

from fastapi import Depends, Form

from okng.records.payloads import Review

_Text = Annotated[str, Form(max_length=200)]


def review_of(
    truth: Annotated[Literal["OK", "NG"], Form()],
    verdict: Annotated[str, Form(max_length=10)] = "",
    label: _Text = "",
    note: Annotated[str, Form(max_length=4000)] = "",
) -> Review:
    """The review of a form; a good part has no kind of defect."""
    return Review(
        truth=truth, label=label if truth == "NG" else "", verdict=verdict, note=note.strip()
    )


ReviewNow = Annotated[Review, Depends(review_of)]
"""For the signature of a route."""
