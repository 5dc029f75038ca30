"""A limit that looks like a slip is questioned before the training, not refused."""

from okng.config import OperatingSettings
from okng.pipeline.limits import question_limits
from okng.progress import Silent


class Heard(Silent):
    """Keeps the sentences."""

    def __init__(self) -> None:
        self.sentences: list[str] = []

    def say(self, sentence: str) -> None:
        """Keep it."""
        self.sentences.append(sentence)


def test_share_without_its_percent_sign_is_echoed_as_a_percentage() -> None:
    """Both readings are named; a limit of 2 % is not questioned."""
    heard = Heard()

    question_limits(OperatingSettings(max_escape=0.5, max_overkill=0.02), heard)

    assert heard.sentences == [
        "THRESHOLD: max_escape 0.5 allows 50 % of the parts. For 0.5 %, give 0.5%."
    ]
