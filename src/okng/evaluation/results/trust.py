"""How far scores, verdicts and heatmaps can be trusted."""

from pydantic import Field

from okng.evaluation.results.base import Message, Rate, Result, Worded


class CalibrationErrors(Result):
    """Distance of scores from shares of defective parts."""

    ece: float = Field(
        description="expected calibration error over ten bins, in [0, 1]; 0 is perfect"
    )
    brier: float = Field(description="Brier score, in [0, 1]; 0 is perfect")


class ReliabilityBin(Result):
    """Photos whose scores lie in one bin."""

    low: float = Field(description="lower end of the bin")
    high: float = Field(description="upper end of the bin")
    photos: int = Field(description="photos")
    mean_score: float = Field(description="mean defect score, in [0, 1]")
    defective: Rate = Field(description="share of them that is defective")


class Reliability(Worded):
    """Scores against shares of defective parts. Empty bins are left out."""

    bins: tuple[ReliabilityBin, ...] = Field(description="bins of equal width, ten at most")
    ece: float | None = Field(
        None, description="expected calibration error, in [0, 1]; absent where nothing was judged"
    )
    brier: float | None = Field(
        None, description="Brier score, in [0, 1]; absent where nothing was judged"
    )
    before: CalibrationErrors | None = Field(
        None, description="the same without the calibration that the model file applies"
    )


class ClassError(Result):
    """Calibration error of the likeliest class."""

    ece: float = Field(description="expected calibration error, in [0, 1]; 0 is perfect")


class ClassReliability(Result):
    """Probability of the likeliest class against the share of photos that it names rightly.

    There for more than two classes, and without an OK class: the mean distance over ten bins (Guo
    et al., ICML 2017). Empty where no photo could be judged.
    """

    ece: float | None = Field(None, description="expected calibration error, in [0, 1]")
    before: ClassError | None = Field(
        None, description="the same without the calibration that the model file applies"
    )


class RobustnessLevel(Result):
    """One strength of one change."""

    level: float = Field(description="strength, in the unit of the kind")
    drift: float = Field(description="mean absolute change of the defect score, in [0, 1]")
    drift_95: float = Field(description="95 % quantile of that change, in [0, 1]")
    flipped: Rate = Field(description="verdicts that change between OK and NG at the threshold")
    holds: bool | None = Field(
        description="the one-sided 95 % bound of turned verdicts does not exceed `limit`"
    )
    turns: bool | None = Field(
        description="the bound on the other side exceeds `limit`; a level may be neither"
    )
    to_ok: int = Field(description="verdicts that turn from NG to OK")
    to_ng: int = Field(description="verdicts that turn from OK to NG")
    escapes: int = Field(description="defective photos called OK")
    overkills: int = Field(description="good photos called NG")
    review: int = Field(description="photos sent to a person")
    unfamiliarity: float | None = Field(
        None, description="median unfamiliarity, in [0, 1]; absent where the file gives none"
    )
    outside: float | None = Field(
        None, description="share of photos called unfamiliar; absent where the file gives none"
    )


class UsableRange(Result):
    """Levels in which verdicts hold, and levels that were tried."""

    low: float | None = Field(description="lowest usable level; `null` where none is shown")
    high: float | None = Field(description="highest usable level; `null` where none is shown")
    tested_low: float = Field(description="lowest level that was tried")
    tested_high: float = Field(description="highest level that was tried")


class TurningLevels(Result):
    """The levels nearest to the unchanged photo at which verdicts are shown to turn."""

    low: float | None = Field(description="below it; `null` where none is shown")
    high: float | None = Field(description="above it; `null` where none is shown")


class RobustnessKind(Result):
    """One kind of change at all its levels."""

    kind: str = Field(description="name of the change")
    unit: str = Field(description="unit of its levels")
    neutral: float = Field(description="the level that is the photo as it is")
    levels: tuple[RobustnessLevel, ...] = Field(description="levels, rising")
    usable: UsableRange = Field(
        description="range in which at most `limit` of the verdicts turn at every tried level"
    )
    turns: TurningLevels | None = Field(description="where verdicts are shown to turn")
    warned_first: bool | None = Field(
        description="more photos are called unfamiliar before verdicts turn; `null` where unknown"
    )


class Robustness(Worded):
    """What happens to the verdicts when the photos change. Absent without an OK class."""

    photos: int = Field(description="photos that were changed")
    groups: int = Field(description="parts they show")
    limit: float = Field(description="share of verdicts that may turn, in [0, 1]")
    needed: int | None = Field(description="parts from which on a sample can show the limit")
    left_out: tuple[str, ...] | None = Field(description="kinds of changes that were not tried")
    kinds: tuple[RobustnessKind, ...] = Field(description="one per kind of change")


class OrderAreas(Result):
    """Mean areas under the score while places are put in or taken out, by order of the places."""

    heatmap: float = Field(description="hottest first, in [0, 1]")
    random: float = Field(description="at random, in [0, 1]")
    centre: float = Field(description="middle first, in [0, 1]")


class OrderCurves(Result):
    """Mean scores at each share of the photo, by order of the places."""

    heatmap: tuple[float, ...] = Field(description="hottest first")
    random: tuple[float, ...] = Field(description="at random")
    centre: tuple[float, ...] = Field(description="middle first")


class Gain(Result):
    """Mean gain over photos with its 95 % interval."""

    value: float = Field(description="mean, in [-2, 2]")
    low: float = Field(description="lower end of the 95 % interval")
    high: float = Field(description="upper end of the 95 % interval")
    n: int = Field(description="photos")
    method: str = Field(description="how the interval was computed")


class Gains(Result):
    """Insertion minus deletion of the heatmap, less the same of a baseline, in [-2, 2]."""

    random: Gain = Field(description="over places at random")
    centre: Gain = Field(description="over the middle first")


class HeatmapCurves(Result):
    """Scores over the share of the photo that was put in or taken out."""

    fraction: tuple[float, ...] = Field(description="shares of the photo, rising, in [0, 1]")
    insertion: OrderCurves = Field(description="while places are put in")
    deletion: OrderCurves = Field(description="while places are taken out")


class Pointing(Result):
    """The pointing game: does the hottest cell touch the mask of the defect?"""

    rate: Rate = Field(description="photos whose hottest cell touches the mask")
    chance: float = Field(description="the same for a cell at random, in [0, 1]")
    centre: float = Field(description="the same for the middle cell, in [0, 1]")
    masks: int = Field(description="photos with a mask")


class Randomised(Result):
    """Likeness of heatmaps before and after the weights of the last layers were shuffled."""

    layers: tuple[str, ...] = Field(description="weights that were shuffled")
    correlation: float = Field(description="mean rank correlation, in [-1, 1]")
    limit: float = Field(description="correlation from which on the check fails")
    flat: float = Field(description="share of heatmaps that came out the same everywhere")


class Erasure(Result):
    """Insertion and deletion of places, hottest first, beside two baselines."""

    insertion: OrderAreas = Field(description="areas while places are put in")
    deletion: OrderAreas = Field(description="areas while places are taken out")
    gain: Gains = Field(description="gain over the baselines")
    background: str = Field(description="what replaced a place: `good part` or `blur`")
    curves: HeatmapCurves = Field(description="scores on the way")


class HeatmapCheck(Result):
    """Whether the heatmaps of the model file are to be trusted.

    See [Heatmaps](../explanations/heatmaps.md). Without a photo to check, `photos` is 0,
    `trusted` is false, and the areas are absent.
    """

    trusted: bool = Field(description="every check that could be made was passed")
    messages: tuple[Message, ...] | None = Field(
        None, description="the conclusions as `code` and `values`"
    )
    failed_messages: tuple[Message, ...] | None = Field(
        None, description="those of checks that were not passed"
    )
    sentences: tuple[str, ...] = Field(description="conclusions in English")
    failed: tuple[str, ...] = Field(description="those of checks that were not passed")
    photos: int = Field(description="photos of the check, each of another part")
    empty: int = Field(description="photos whose heatmap is the same everywhere")
    insertion: OrderAreas | None = Field(None, description="areas while places are put in")
    deletion: OrderAreas | None = Field(None, description="areas while places are taken out")
    gain: Gains | None = Field(None, description="gain over the baselines")
    background: str | None = Field(None, description="what replaced a place: `good part` or `blur`")
    curves: HeatmapCurves | None = Field(None, description="scores on the way")
    pointing: Pointing | None = Field(description="pointing game; `null` without masks")
    randomised: Randomised | None = Field(
        description="shuffled weights; `null` where the file has no weights that can be named"
    )
