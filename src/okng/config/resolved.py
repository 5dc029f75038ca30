"""Settings with every value filled in: what a training works with, see `reading.resolve`.

Only what the photos or the user must tell stays open: the class of good parts, groups, limits.
"""

from pydantic import Field

from okng.config.choices import Folds, Recipe
from okng.config.orientations import MOST_ORIENTATIONS, Orientation, allowed_orientations
from okng.config.sections import DataSettings, ModelSettings, RunSettings, TrainingSettings


class ResolvedData(DataSettings):
    """The section `data`, with an input size."""

    image_size: int = Field(ge=32, le=1024)


class ResolvedModel(ModelSettings):
    """The section `model`, with a number of orientations."""

    tta: int = Field(ge=1, le=MOST_ORIENTATIONS)


class ResolvedTraining(TrainingSettings):
    """The section `training`, with what the recipe decides."""

    recipe: Recipe
    epochs: int = Field(ge=0, le=1000)
    lr: float = Field(gt=0, le=1)
    patience: int = Field(ge=1)
    folds: Folds


class ResolvedSettings(RunSettings):
    """Settings of one run as a training needs them."""

    data: ResolvedData
    model: ResolvedModel
    training: ResolvedTraining

    @property
    def orientations(self) -> tuple[Orientation, ...]:
        """The orientations of each photo whose mean logits give its score."""
        return allowed_orientations(self.augment.rotation, self.augment.flips)[: self.model.tta]
