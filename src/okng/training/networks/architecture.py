"""What a network is built from, as plain values.

The values are saved in `full_model.pth`, so that one call rebuilds the network without any code of
the user. `registry` builds it; `pretrained` decides which weights go into it.
"""

from pydantic import AliasChoices, Field

from okng.config import UPRIGHT, ModelSettings, Orientation, Section
from okng.training.networks.layers.local_contrast import FLOOR


class Architecture(Section):
    """Everything that decides the shape of a network's parameters.

    `joined` and `looks` are the names of two fields in saved files: dump with `by_alias`.
    """

    settings: ModelSettings
    classes: int = Field(ge=2)
    channels: int = Field(ge=1, le=3)
    image_size: int = Field(ge=32)
    floor: float = FLOOR  # of the local contrast, see `FlattenLight`
    two_branches: bool = Field(
        False,
        validation_alias=AliasChoices("two_branches", "joined"),
        serialization_alias="joined",
        description="A frozen network, and a copy of it that is fine-tuned as a whole.",
    )
    orientations: tuple[Orientation, ...] = Field(
        (UPRIGHT,),
        validation_alias=AliasChoices("orientations", "looks"),
        serialization_alias="looks",
        description="Orientations of the photo whose logits are averaged.",
    )

    whole_levels: bool = Field(
        True, description="The local contrast has whole grey levels; not so in older files."
    )
    int8: bool = Field(False, description="Its frozen layers are an INT8 graph.")

    @property
    def outputs(self) -> int:
        """Logits: one (sigmoid) for two classes, else one per class (softmax)."""
        return 1 if self.classes == 2 else self.classes
