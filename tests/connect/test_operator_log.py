"""The operator reads what happened and what to do; a program reads the same values."""

from structlog.testing import capture_logs

from okng.connect.alarms import Alarms
from okng.connect.operator_log import OperatorLog, log
from okng.error_codes import Code
from okng.wording import Language, mark


def test_event_is_in_the_language_of_the_log() -> None:
    """Whatever thread writes it."""
    german = OperatorLog()
    german.language = Language.DE
    with capture_logs() as lines:
        german.warning(mark("The source is there again"), source="camera")

    assert lines == [
        {"event": "Die Quelle ist wieder da", "source": "camera", "log_level": "warning"}
    ]


def test_alarm_is_a_line_that_says_what_to_do() -> None:
    """Once when it begins, once when it is over."""
    alarms = Alarms(None, "cell-1")
    with capture_logs() as lines:
        for _ in range(2):
            alarms.begin(Code.CAMERA_FROZEN, "camera", {"part": "17"})
        alarms.over(Code.CAMERA_FROZEN, "camera")

    assert [line["log_level"] for line in lines] == ["error", "info"]
    assert "Restart the camera" in lines[0]["event"]
    assert (lines[0]["code"], lines[0]["where"], lines[0]["part"]) == (
        "camera.frozen", "camera", "17"
    )  # fmt: skip
    assert log.language is Language.EN
