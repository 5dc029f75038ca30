"""Settings with every value filled in: what a training works with, see `reading.resolve`.

Only what the photos or the user must tell stays open: the class of good parts, groups, limits.
"""

from pydantic import Field

from okng.config.choices import Folds, Recipe
from okng.config.looks import MOST_LOOKS, Look, allowed_looks
from okng.config.sections import DataSettings, ModelSettings, Settings, TrainingSettings


class ResolvedData(DataSettings):
    """The section `data`, with an input size."""

    image_size: int = Field(ge=32, le=1024)


class ResolvedModel(ModelSettings):
    """The section `model`, with a number of looks."""

    tta: int = Field(ge=1, le=MOST_LOOKS)


class ResolvedTraining(TrainingSettings):
    """The section `training`, with what the recipe decides."""

    recipe: Recipe
    epochs: int = Field(ge=0, le=1000)
    lr: float = Field(gt=0, le=1)
    patience: int = Field(ge=1)
    folds: Folds


class ResolvedSettings(Settings):
    """Settings of one run as a training needs them."""

    data: ResolvedData
    model: ResolvedModel
    training: ResolvedTraining

    @property
    def looks(self) -> tuple[Look, ...]:
        """The looks at each photo whose mean is its score."""
        return allowed_looks(self.augment.rotation, self.augment.flips)[: self.model.tta]
