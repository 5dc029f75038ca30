"""A part never passes as good without a verdict on record."""

import numpy as np

from okng.connect.part import Outcome, Part
from okng.error_codes import Code
from okng.errors import ConnectError
from okng.testing.station.records import inspection_row
from okng.verdict import Judgement


def test_without_a_record_the_part_is_rejected() -> None:
    """No row on record: the signal is an error, and the part is rejected."""
    outcome = Outcome(None, ConnectError("The camera gave no photo"))

    assert outcome.signal is Judgement.ERROR
    assert outcome.rejects


def test_only_the_verdict_ok_passes() -> None:
    """NG, REVIEW and ERROR on record reject the part."""
    passed = {v for v in Judgement if not Outcome(inspection_row(verdict=v.value)).rejects}

    assert passed == {Judgement.OK}


def test_nobody_needs_to_wait_for_a_part() -> None:
    """A part of a source that wants no answer can be answered."""
    part = Part(photo=np.zeros((4, 4, 3), np.uint8), key="1")

    part.answered(Outcome(None, ConnectError("", code=Code.CONNECT_REFUSED)))

    assert part.deadline_s is None
