"""The content of `retrain.json`: what became of the reviewed photos."""

from pydantic import Field

from okng.evaluation.results.base import Result


class ReviewConflict(Result):
    """A reviewed photo whose label contradicts that of another photo of the same part."""

    photo: str = Field(description="the reviewed photo")
    label: str = Field(description="its label by the review")
    other: str = Field(description="the other photo")
    other_label: str = Field(description="its label")


class ReviewAudit(Result):
    """What became of the reviewed photos. Those that are left out teach nothing."""

    reviewed: int = Field(description="photos with a review")
    added: int = Field(description="photos that the challenger learns from beside the old ones")
    fresh: int = Field(description="of these, photos of parts that the champion has not learned")
    known: int = Field(description="left out: the same photo is among those of the run")
    tested: int = Field(description="left out: they show parts of the test of the run")
    unnamed: int = Field(description="left out: no class of the model has their label")
    unreadable: int = Field(description="left out: they cannot be read")
    conflicts: tuple[ReviewConflict, ...] = Field(
        description="left out: another photo of the part has another label"
    )
    not_searched: str | None = Field(
        None, description="why copies that were turned or changed were not searched for"
    )


class Retraining(Result):
    """How a challenger came about."""

    champion: str = Field(description="run folder of the champion")
    champion_digest: str = Field(description="SHA-256 of its model file")
    anew: bool = Field(description="whether the whole network was trained anew")
    photos: int = Field(description="photos of training and validation, old and new")
    audit: ReviewAudit = Field(description="of the reviewed photos")
    seconds: float = Field(description="time until the challenger was sealed")
