"""A limit that looks like a slip is questioned before the training, not refused."""

from okng.config import OperatingSettings, ReportSettings
from okng.steps.notices import question_limits, question_variables
from okng.testing import RecordingProgress


def test_share_without_its_percent_sign_is_echoed_as_a_percentage() -> None:
    """Both readings are named; a limit of 2 % is not questioned."""
    heard = RecordingProgress()

    question_limits(OperatingSettings(max_escape=0.5, max_overkill=0.02), heard)
    question_limits(ReportSettings(require_escape=0.01, require_overkill=0.2), heard)

    assert heard.sentences == [
        "THRESHOLD: max_escape 0.5 allows 50 % of the parts. For 0.5 %, give 0.5%.",
        "THRESHOLD: require_overkill 0.2 allows 20 % of the parts. For 0.2 %, give 0.2%.",
    ]


def test_variable_that_names_no_setting_is_reported() -> None:
    """Somebody set it to change something."""
    heard = RecordingProgress()

    question_variables({"OKNG_EPOCHS": "4", "OKNG_CACHE": "x"}, heard)

    assert len(heard.sentences) == 1
    assert heard.sentences[0].startswith(
        "SETTINGS: the environment variable OKNG_EPOCHS is unknown"
    )
