"""The content of `compare.json`: two inspectors on the same photos."""

from pydantic import Field

from okng.evaluation.results.base import Difference, Message, Result


class McNemar(Result):
    """Photos on which only one of the two is right, and the probability of that by chance."""

    only_a_right: int = Field(description="photos on which only the first is right")
    only_b_right: int = Field(description="photos on which only the second is right")
    p: float = Field(description="probability by chance, in [0, 1]")
    method: str = Field(description="how it was computed")


class FigurePair(Result):
    """One figure of both, and their difference."""

    a: float = Field(description="of the first")
    b: float = Field(description="of the second")
    difference: Difference = Field(description="second minus first")


class PairComparison(Result):
    """Tests, differences with intervals, and a conclusion."""

    photos: int = Field(description="photos common to both")
    groups: int = Field(description="parts they show")
    tests: dict[str, McNemar] = Field(description="on `all`, `defective` and `good` photos")
    figures: dict[str, FigurePair] = Field(description="by name of the figure")
    messages: tuple[Message, ...] = Field(description="conclusions as `code` and `values`")
    verdict: str = Field(description="the conclusions in English")


class Comparison(PairComparison):
    """A comparison of two folders."""

    a: str = Field(description="first folder")
    b: str = Field(description="second folder")
    matched_by: str = Field(description="`content` or `path`")
    only_in_a: int = Field(description="photos reported only in the first")
    only_in_b: int = Field(description="photos reported only in the second")
    label_conflicts: int = Field(description="photos whose truth differs; they are left out")
    changed: int = Field(description="photos that the two judge differently")
