"""Agreement with the truth, between runs, and between the values of a column."""

from typing import Literal

from pydantic import Field

from okng.evaluation.results.base import Rate, Result, UpperRate, Worded

Grade = Literal["acceptable", "marginal", "unacceptable", "unknown"]


class AcceptanceRow(Result):
    """One figure against its limits."""

    figure: str = Field(description="`effectiveness`, `miss_rate`, `false_alarm_rate` or `kappa`")
    value: float | None = Field(description="value of the figure")
    low: float | None = Field(description="lower end of the 95 % interval")
    high: float | None = Field(description="upper end of the 95 % interval")
    acceptable: float = Field(description="limit of `acceptable`")
    marginal: float = Field(description="limit of `marginal`")
    better: Literal["high", "low"] = Field(description="which end is the better one")
    grade: Grade = Field(
        description="grade of the value: `acceptable`, `marginal`, `unacceptable`, or `unknown` "
        "where there is no value"
    )
    grade_of_bound: Grade = Field(
        description="grade of the worse end of the interval: what the test proves"
    )


class Acceptance(Worded):
    """The test in the terms of AIAG's attribute agreement analysis (MSA manual).

    Absent without an OK class. Each grade of the whole is the worst of its rows.
    """

    unit: str = Field(description="what the rates are counted in")
    effectiveness: Rate = Field(description="correct verdicts")
    miss_rate: Rate = Field(description="defective photos called OK")
    false_alarm_rate: Rate = Field(description="good photos called NG")
    kappa: Rate = Field(description="Cohen's kappa of verdict and truth, in [-1, 1]")
    rows: tuple[AcceptanceRow, ...] = Field(description="each figure against its limits")
    grade: Grade = Field(description="worst grade of the values")
    grade_of_bound: Grade = Field(description="worst grade of the bounds")


class ScoreRange(Result):
    """Ranges of the score of one part over the runs."""

    median: float = Field(description="median over the parts, in [0, 1]")
    largest: float = Field(description="largest of the parts, in [0, 1]")


class Flip(Result):
    """A part whose verdict changed between runs."""

    part: str = Field(description="group name of the part")
    label: str = Field(description="its class in truth")
    verdicts: dict[str, str] = Field(description="`OK` or `NG` by run")
    scores: dict[str, float] = Field(description="highest defect score by run")


class Repeatability(Worded):
    """Several runs over the same parts.

    There when the manifest names runs (column `run` or `trial`, or `--runs COLUMN`).
    """

    column: str = Field(description="column that names the runs")
    runs: tuple[str, ...] = Field(description="names of the runs")
    parts: int = Field(description="parts seen in at least two runs")
    agreement: Rate = Field(description="parts with the same verdict in every run")
    agreement_good: Rate = Field(description="the same, of good parts")
    agreement_defective: Rate = Field(description="the same, of defective parts")
    against_truth: Rate = Field(description="parts with the right verdict in every run")
    kappa_between_runs: float | None = Field(
        description="Fleiss' kappa between the runs, in [-1, 1]; `null` where all verdicts are the "
        "same"
    )
    score_sd: float = Field(
        description="standard deviation of the score of a part between runs, pooled"
    )
    score_range: ScoreRange = Field(description="range of the score of a part over the runs")
    flips: tuple[Flip, ...] = Field(description="parts whose verdict changed, 50 at most")


class BreakdownRow(Result):
    """The photos of one value of a column."""

    value: str = Field(description="value of the column; `(none)` where it is empty")
    photos: int = Field(description="photos")
    groups: int = Field(description="parts")
    good: int = Field(description="photos of good parts")
    defective: int = Field(description="photos of defective parts")
    accuracy: Rate = Field(description="correct verdicts")
    escape_rate: UpperRate = Field(description="defective photos called OK, with upper bound")
    overkill_rate: Rate = Field(description="good photos called NG")


class ColumnDifference(Result):
    """Whether a rate of errors depends on the value of the column."""

    figure: str = Field(description="`escape_rate` or `overkill_rate`")
    p: float = Field(description="probability of such differences by chance, in [0, 1]")
    method: str = Field(description="how it was computed")


class Breakdown(Worded):
    """Rates by the values of one column.

    There is one for `label` where the photos have more than one kind of defect, and one for each
    column that `--by` names.
    """

    rows: tuple[BreakdownRow, ...] = Field(description="one row per value, 200 at most")
    differences: tuple[ColumnDifference, ...] = Field(
        description="tests of whether errors depend on the value; empty for `label`"
    )
