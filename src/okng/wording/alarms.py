"""An alarm of the line in words: what is wrong, and what to do."""

from okng.wording.rendering import render
from okng.wording.templates.alarms import ALARMS


def alarm_in_words(code: str) -> str:
    """The sentence of an alarm in the chosen language.

    Args:
        code: of the fault, such as `camera.frozen`; one without a sentence gets a general one.
    """
    key = f"alarm.{code}"
    return render(key if key in ALARMS else "alarm.other", {})
