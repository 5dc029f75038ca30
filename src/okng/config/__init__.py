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
from okng.config.flags import with_flags
from okng.config.language import report_language
from okng.config.orientations import UPRIGHT, Orientation, allowed_orientations
from okng.config.reading import (
    PLAIN,
    PRESETS,
    Given,
    Preset,
    Setting,
    all_settings,
    differences,
    load,
    read_settings,
    resolve,
    to_toml,
    unknown_variables,
    validate,
)
from okng.config.resolved import (
    ResolvedData,
    ResolvedModel,
    ResolvedSettings,
    ResolvedTraining,
)
from okng.config.sections import (
    AugmentSettings,
    DataSettings,
    Duration,
    ModelSettings,
    OperatingSettings,
    ReportSettings,
    RunSettings,
    Section,
    Share,
    TrainingSettings,
    duration,
    share,
)
from okng.config.station import OnFailure, StationSettings, Store

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
    "Given",
    "ModelSettings",
    "OnFailure",
    "OperatingSettings",
    "Orientation",
    "Precision",
    "Preset",
    "Recipe",
    "ReportSettings",
    "ResolvedData",
    "ResolvedModel",
    "ResolvedSettings",
    "ResolvedTraining",
    "RunSettings",
    "Runtime",
    "Section",
    "Setting",
    "Share",
    "SplitMode",
    "StationSettings",
    "Store",
    "TrainingSettings",
    "Turns",
    "View",
    "all_settings",
    "allowed_orientations",
    "differences",
    "duration",
    "load",
    "read_settings",
    "report_language",
    "resolve",
    "share",
    "to_toml",
    "unknown_variables",
    "validate",
    "with_flags",
]
