"""Counts of verdicts, classes, leaked photos and unfamiliar photos."""

from pydantic import Field

from okng.evaluation.results.base import Rate, Result


class VerdictCounts(Result):
    """Photos of one class by the verdict of the threshold."""

    OK: int = Field(description="photos below the threshold")
    NG: int = Field(description="photos at or above the threshold")


class ClassScores(Result):
    """Precision, recall and F1 of one class, without intervals."""

    precision: float = Field(description="share of correct names among all of this name, in [0, 1]")
    recall: float = Field(description="share of the class that got its name, in [0, 1]")
    f1: float = Field(description="harmonic mean of precision and recall, in [0, 1]")
    support: float = Field(description="photos of the class")


class MainRates(Result):
    """The main rates of a part of the photos."""

    photos: int = Field(description="photos")
    accuracy: Rate = Field(description="correct verdicts")
    precision: Rate = Field(description="defective ones among the photos called NG")
    recall: Rate = Field(description="defective photos called NG")
    escape_rate: Rate = Field(description="defective photos called OK")
    overkill_rate: Rate = Field(description="good photos called NG")


class Leakage(Result):
    """Reported photos that show what training used."""

    photos: int = Field(description="reported photos that show parts of the training")
    checked: tuple[str, ...] = Field(description="what was searched for, in words")
    paths: tuple[str, ...] = Field(description="paths of these photos")
    found: dict[str, int] | None = Field(
        None, description="photos by way: `file`, `pixels`, `near`, `group`"
    )
    not_checked: dict[str, str] | None = Field(None, description="reason by way not searched")
    own_test: int | None = Field(
        None, description="other photos that show parts of the run's own test"
    )
    set_aside: bool | None = Field(
        None, description="all reported photos are test photos of the run, unchanged"
    )
    without_leaked: MainRates | None = Field(
        None, description="rates of the other photos; absent where nothing leaked"
    )


class Unfamiliar(Result):
    """Photos whose unfamiliarity exceeds the limit, which a person decides on.

    Absent where the model file gives no unfamiliarity.
    """

    limit: float = Field(description="limit of the operating point, in [0, 1]")
    photos: int = Field(description="photos above the limit")
    rate: Rate = Field(description="share of photos above the limit")
    without: MainRates | None = Field(
        None, description="rates of the other photos; absent where no photo or every photo is above"
    )


class WorstType(Result):
    """The class with the lowest recall."""

    model_config = Result.model_config | {"populate_by_name": True, "serialize_by_alias": True}

    name: str = Field(alias="class", description="class")
    recall: Rate = Field(description="its recall")


class Types(Result):
    """Defect types by the likeliest class.

    There for more than two classes, and for models without an OK class.
    """

    accuracy: Rate = Field(description="photos whose likeliest class is right")
    mean_recall: Rate | None = Field(description="mean of the recalls of the classes")
    worst: WorstType | None = Field(description="class with the lowest recall")
    macro_f1: float = Field(description="mean F1 of the classes, in [0, 1], without interval")
    recall: dict[str, Rate] = Field(description="recall by class")
