"""Limits that look like a slip."""

from okng.config import OperatingSettings, ReportSettings
from okng.events import Progress

_LIMITS = (
    "max_escape", "max_overkill", "review_escape", "review_overkill",
    "require_escape", "require_overkill",
)  # fmt: skip
_GENEROUS = 0.1  # no plant accepts that a tenth of its defective parts escapes


def question_limits(settings: OperatingSettings | ReportSettings, progress: Progress) -> None:
    """Report limits above 10 %: `--max-escape 0.5` is 50 %, and 0.5 % is often meant."""
    for name in _LIMITS:
        value: float | None = getattr(settings, name, None)
        if value is not None and value > _GENEROUS:
            progress.warn(
                "threshold.generous",
                f"{name} {value:g} allows {100 * value:g} % of the parts. "
                f"For {value:g} %, give {value:g}%.",
            )
