"""Every setting of okng: its name, type, default, bounds and help, in one place.

Flags, `okng.toml` and the reference in the docs are derived from these classes. This package knows
nothing about photos or networks. Settings left open (None) are filled in by `resolve`.
"""

from okng.config.choices import (
    ClassWeights,
    Color,
    Depth,
    Flips,
    Folds,
    Precision,
    Recipe,
    Runtime,
    SplitMode,
    Turns,
    View,
)
from okng.config.looks import UPRIGHT, Look, allowed_looks
from okng.config.reading import (
    PLAIN,
    PRESETS,
    Preset,
    Setting,
    all_settings,
    differences,
    load,
    resolve,
    to_toml,
    validate,
)
from okng.config.sections import (
    AugmentSettings,
    DataSettings,
    Duration,
    ModelSettings,
    OperatingSettings,
    Section,
    Settings,
    Share,
    TrainingSettings,
    duration,
    share,
)

__all__ = [
    "PLAIN",
    "PRESETS",
    "UPRIGHT",
    "AugmentSettings",
    "ClassWeights",
    "Color",
    "DataSettings",
    "Depth",
    "Duration",
    "Flips",
    "Folds",
    "Look",
    "ModelSettings",
    "OperatingSettings",
    "Precision",
    "Preset",
    "Recipe",
    "Runtime",
    "Section",
    "Setting",
    "Settings",
    "Share",
    "SplitMode",
    "TrainingSettings",
    "Turns",
    "View",
    "all_settings",
    "allowed_looks",
    "differences",
    "duration",
    "load",
    "resolve",
    "share",
    "to_toml",
    "validate",
]
