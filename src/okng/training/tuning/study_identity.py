"""Identity of a study: photos, folds, space, objective and settings, as plain values.

They are saved in the study's user attributes. Trials of different photos or spaces cannot be
compared, so a study continues only with a command that asks for the same.
"""

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from okng.config import RunSettings, differences, resolve, validate
from okng.dataset import Dataset
from okng.error_codes import Code
from okng.errors import ConfigError
from okng.training.tuning.folds import FoldedPhotos
from okng.training.tuning.objective import Objective
from okng.training.tuning.space import Space

ATTRIBUTE = "okng"
SCHEMA = 1


def identity(
    space: Space, photos: FoldedPhotos, objective: Objective, test: Dataset
) -> dict[str, Any]:
    """The study's user attribute.

    Args:
        space: the dimensions of the search.
        photos: the folds.
        objective: what the study optimises.
        test: the photos that are set aside for the final run.
    """
    return {
        "schema": SCHEMA,
        "okng": version("okng"),
        "objective": objective.value,
        "folds": len(photos.folds),
        "photos": photos.dataset.digest,
        "test": test.digest,
        "counts": {
            "photos": len(photos.dataset),
            "parts": len(set(photos.groups.tolist())),
            "test": len(test),
        },
        "network": resolve(space.base).model.name,
        "space": space.plain(),
        "settings": space.base.model_dump(mode="json"),
    }


def check_same(stored: Mapping[str, Any], asked: Mapping[str, Any], *, where: str) -> None:
    """Refuse to continue a study that was started for something else.

    Raises:
        ConfigError: names every difference.
    """
    faults = [
        *_plain_faults(stored, asked),
        *_setting_faults(stored, asked),
        *_space_faults(stored, asked),
    ]
    if faults:
        raise ConfigError.gather(
            faults,
            where=where,
            hint="Ask for the same to continue it, or take another `out` (and `study`, where the "
            "storage is shared).",
            code=Code.STUDY_OTHER,
        )


def settings_of(stored: Mapping[str, Any]) -> RunSettings:
    """The settings that a study started from.

    Raises:
        ConfigError: another version of okng knew other settings.
    """
    return validate(stored["settings"], where="the settings of the study")


def _plain_faults(stored: Mapping[str, Any], asked: Mapping[str, Any]) -> list[str]:
    faults = [
        f"{name}: {stored[name]} in the study, not {asked[name]}"
        for name in ("schema", "objective", "folds")
        if stored[name] != asked[name]
    ]
    if stored["photos"] != asked["photos"]:
        faults.append(
            f"photos: the study was made on {stored['counts']['photos']} others (digest "
            f"{stored['photos'][:12]}, not {asked['photos'][:12]})"
        )
    elif stored["test"] != asked["test"]:
        faults.append("photos: the study had set other photos aside as the test")
    return faults


def _setting_faults(stored: Mapping[str, Any], asked: Mapping[str, Any]) -> list[str]:
    if stored["settings"] == asked["settings"]:
        return []
    try:
        return differences(settings_of(stored), settings_of(asked), of="the study")
    except ConfigError:
        return ["settings: the study was made by a version of okng with other settings"]


def _space_faults(stored: Mapping[str, Any], asked: Mapping[str, Any]) -> list[str]:
    old, new = ({d["name"]: d for d in side["space"]} for side in (stored, asked))
    faults = [f"space: {name} is only in the study" for name in old if name not in new]
    faults += [f"space: {name} is not in the study" for name in new if name not in old]
    return faults + [
        f"space: {name} is {_words(old[name])} in the study, not {_words(new[name])}"
        for name in old
        if name in new and old[name] != new[name]
    ]


def _words(dimension: Mapping[str, Any]) -> str:
    if dimension["choices"]:
        return "one of " + ", ".join(str(choice) for choice in dimension["choices"])
    return f"{dimension['low']:g} to {dimension['high']:g}"
