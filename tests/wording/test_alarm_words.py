"""An alarm says what is wrong and what to do, in the language of the station."""

import pytest

from okng.error_codes import Code
from okng.wording import Language, alarm_in_words, language
from okng.wording.templates.alarms import ALARMS


@pytest.mark.parametrize("key", ALARMS)
def test_alarm_says_what_to_do(key: str) -> None:
    """At least two sentences: the fault, and the next step; none is left in English."""
    code = key.removeprefix("alarm.")
    english = alarm_in_words(code)
    with language(Language.DE):
        german = alarm_in_words(code)

    assert english.count(".") >= 2
    assert german != english


def test_alarms_are_of_codes_that_there_are() -> None:
    """A code that is renamed would lose its sentence."""
    codes = {code.value for code in Code} | {"other"}

    assert {key.removeprefix("alarm.") for key in ALARMS} <= codes


def test_code_without_a_sentence_of_its_own_has_a_general_one() -> None:
    """A fault of a later version, or of a third party."""
    assert alarm_in_words("moon.full") == alarm_in_words("other")
