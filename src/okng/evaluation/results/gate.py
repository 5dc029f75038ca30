"""The content of `gate.json`: whether a challenger may take the place of a champion."""

from typing import Literal

from pydantic import Field

from okng.evaluation.results.base import Difference, Message, Result

GateRule = Literal["escapes", "overkills", "reviews", "recent", "known-escapes", "master-parts"]
"""A check of the gate."""


class GateLimits(Result):
    """By how much a challenger may be worse on the frozen test, at the end of the interval."""

    escape: float = Field(0.01, gt=0, lt=1, description="further defective parts that get OK")
    overkill: float = Field(0.02, gt=0, lt=1, description="further good parts that get NG")
    review: float = Field(0.05, gt=0, lt=1, description="further parts that a person must judge")


class GateCheck(Result):
    """One check of the gate."""

    rule: GateRule = Field(description="which check")
    passed: bool = Field(description="whether the challenger passes it")
    photos: int = Field(description="photos, or parts, that it rests on")
    champion: int | None = Field(None, description="errors of the champion")
    challenger: int | None = Field(None, description="errors of the challenger")
    difference: Difference | None = Field(
        None, description="of their shares, challenger minus champion"
    )
    names: tuple[str, ...] = Field((), description="photos or serials that fail it")
    message: Message = Field(description="what was seen, as `code` and `values`")
    sentence: str = Field(description="the same in English")


class GateResult(Result):
    """The verdict of the gate with its reasons."""

    version: int = Field(1, description="version of these keys")
    passed: bool = Field(description="whether every check was passed")
    champion: str = Field(description="SHA-256 of the model file that decides")
    challenger: str = Field(description="SHA-256 of the model file that may take its place")
    limits: GateLimits = Field(description="what was allowed")
    checks: tuple[GateCheck, ...] = Field(description="all checks, in their order")
    message: Message = Field(description="the verdict, as `code` and `values`")
    sentence: str = Field(description="the same in English")

    @property
    def failed(self) -> tuple[GateCheck, ...]:
        """Checks that were not passed."""
        return tuple(check for check in self.checks if not check.passed)
