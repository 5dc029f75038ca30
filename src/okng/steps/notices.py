"""What a command reports before it starts: slips in limits and variables, files left out."""

from collections.abc import Mapping

from okng.config import OperatingSettings, ReportSettings, unknown_variables
from okng.dataset import Dataset, left_out_rows
from okng.events import Progress
from okng.wording import sentence

_LIMITS = (
    "max_escape", "max_overkill", "review_escape", "review_overkill",
    "require_escape", "require_overkill",
)  # fmt: skip
_GENEROUS = 0.1  # no plant accepts that a tenth of its defective parts escapes


def question_variables(env: Mapping[str, str], progress: Progress) -> None:
    """Report variables that begin with `OKNG_` and name no setting: `OKNG_EPOCHS` does nothing."""
    for fault in unknown_variables(env):
        progress.warn("settings.unknown-variable", f"the environment variable {fault}")


def question_limits(settings: OperatingSettings | ReportSettings, progress: Progress) -> None:
    """Report limits above 10 %: `--max-escape 0.5` is 50 %, and 0.5 % is often meant."""
    for name in _LIMITS:
        value: float | None = getattr(settings, name, None)
        if value is not None and value > _GENEROUS:
            progress.warn(
                "threshold.generous",
                sentence("generous_limit", name=name, value=value),
            )


def report_left_out(dataset: Dataset, progress: Progress) -> None:
    """Name what lies among the photos and is not judged, and how the folders were read."""
    if dataset.class_folder:
        progress.say(sentence("class_folders", folder=dataset.class_folder))
    if dataset.left_out:
        progress.say(sentence("left_out", files=left_out_rows(dataset.left_out)))
