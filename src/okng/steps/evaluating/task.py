"""What is to be evaluated, by which operating point, and whether that can be done."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from okng import config
from okng.config import Given, OperatingSettings, ReportSettings, RunSettings
from okng.dataset import Dataset
from okng.error_codes import Code
from okng.errors import ConfigError
from okng.inference import Inspector
from okng.steps.leakage.matching import Matches

_SECTIONS = ("operating_point", "report")
_OF_PHOTOS = frozenset({"ok", "group_by", "no_near"})  # an evaluation splits and resizes nothing


class EvaluationTask(NamedTuple):
    """What is to be evaluated.

    Attributes:
        inspector: the model file, loaded.
        model: its path.
        dataset: labelled photos, of one split each.
        reported: the split that is reported.
        policy: to choose an operating point by; None to take the model's own.
        unfamiliar_limit: unfamiliarity in [0, 1] beyond which a person decides; None for none.
        report: title, part, author, and what has to be proven.
        by: columns of the manifest to break the rates down by.
        runs: column that tells several runs over the same parts apart, or None.
        matches: photos that show what the model file was made from.
    """

    inspector: Inspector
    model: Path
    dataset: Dataset
    reported: str
    policy: OperatingSettings | None
    unfamiliar_limit: float | None
    report: ReportSettings
    by: tuple[str, ...] = ()
    runs: str | None = None
    matches: Matches = Matches(None)

    @property
    def chooses(self) -> bool:
        """Whether a threshold is to be chosen on photos of this evaluation."""
        return self.policy is not None and self.policy.threshold is None


class Asked(NamedTuple):
    """Settings of an evaluation, as arguments and environment give them.

    Attributes:
        settings: all of them; those that nobody gave have their defaults.
        names: keywords of those that were given.
    """

    settings: RunSettings
    names: frozenset[str]

    @property
    def policy(self) -> OperatingSettings | None:
        """The settings to choose an operating point by; None to take the model's own."""
        point = {s.keyword for s in config.all_settings() if s.section == "operating_point"}
        # a limit of unfamiliarity alone sends photos to a person, and chooses nothing
        chooses = self.names & point - {"unfamiliar_limit"}
        return self.settings.operating_point if chooses else None

    def unfamiliar_limit(self, own: float | None) -> float | None:
        """The unfamiliarity in [0, 1] beyond which a person decides.

        Args:
            own: that of the model file, which holds unless another one was given.
        """
        given = self.settings.operating_point.unfamiliar_limit
        return given if "unfamiliar_limit" in self.names else own


def read_asked(given: Given, env: Mapping[str, str]) -> Asked:
    """Read the settings of an evaluation: given ones win over the environment.

    Args:
        given: keyword -> value.
        env: variables; those of other stages than the evaluation are left alone.

    Raises:
        ConfigError: settings are not of an evaluation, or not valid.
    """
    known = {s.variable: s.keyword for s in config.all_settings() if s.section in _SECTIONS}
    known |= {s.variable: s.keyword for s in config.all_settings() if s.keyword in _OF_PHOTOS}
    strange = [f"{name} is unknown" for name in given if name not in known.values()]
    if strange:
        raise ConfigError.gather(
            strange,
            where="the settings given",
            hint="Take settings of the operating point or of the report.",
        )
    own = {name: text for name, text in env.items() if name in known}
    names = frozenset(given) | {known[name] for name in own}
    return Asked(config.load(None, given, env=own), names)


def needed_splits(task: EvaluationTask) -> set[str]:
    """Splits to judge: the reported one, and validation where a threshold is to be chosen."""
    # a threshold that is given needs no photos
    if task.policy is None or task.policy.threshold is not None:
        return {task.reported}
    if task.reported == "val" or not any(p.split == "val" for p in task.dataset.photos):
        raise ConfigError(
            "A threshold is never chosen on the photos that are reported, and there are no others",
            where=str(task.dataset.root),
            allowed="photos of the split val beside those that are reported, or "
            "`operating_point.threshold` VALUE",
            hint="Give a manifest with a column split, or folders val/ and test/.",
            code=Code.THRESHOLD_NO_PHOTOS,
        )
    return {task.reported, "val"}


def check_task(task: EvaluationTask) -> None:
    """Refuse what cannot be answered before anything is judged."""
    if task.policy is not None and task.inspector.metadata.ok_class is None:
        raise ConfigError(
            "Without an OK class no threshold decides anything",
            where=str(task.model),
            hint="Leave the settings of the operating point out.",
            code=Code.THRESHOLD_NO_OK_CLASS,
        )
    needed = needed_splits(task)
    # columns that every table of scores has
    own = {"path", "split", "label", "group", "verdict", "class"}
    photos = [photo for photo in task.dataset.photos if photo.split in needed]
    known = own | {name for photo in photos for name, _ in photo.facts}
    columns = (*task.by, *([task.runs] if task.runs else []))
    missing = [f"there is no column {name!r}" for name in columns if name not in known]
    if missing:
        raise ConfigError.gather(
            missing,
            where="`by`, `runs`",
            hint=f"There are: {', '.join(sorted(known))}. Others come from a manifest: "
            "path,label,station,...",
            code=Code.COLUMN_MISSING,
        )
