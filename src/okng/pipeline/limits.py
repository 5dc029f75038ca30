"""Limits of the operating point that look like a slip."""

from okng.config import OperatingSettings
from okng.progress import Progress


def question_limits(settings: OperatingSettings, progress: Progress) -> None:
    """Report limits above 10 %: `--max-escape 0.5` is 50 %, and 0.5 % is often meant."""
    for name, value in settings.generous_limits.items():
        progress.say(
            f"THRESHOLD: {name} {value:g} allows {100 * value:g} % of the parts. "
            f"For {value:g} %, give {value:g}%."
        )
