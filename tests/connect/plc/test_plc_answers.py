"""What became of a part, as the PLC gets it."""

import pytest

from okng.connect.part import Outcome
from okng.connect.plc.answers import fault_of, signal_of
from okng.connect.plc.signals import Fault
from okng.error_codes import Code
from okng.errors import ConnectError
from okng.testing.station.records import inspection_row
from okng.verdict import Judgement


@pytest.mark.parametrize("verdict", [Judgement.OK, Judgement.NG, Judgement.REVIEW])
def test_a_verdict_on_record_is_signalled_as_it_is(verdict: Judgement) -> None:
    """Without a fault."""
    signal = signal_of(Outcome(inspection_row(verdict=verdict.value)))

    assert signal == (verdict, Fault.NONE)


def test_without_a_record_it_is_an_error() -> None:
    """With the number of what went wrong."""
    signal = signal_of(Outcome(None, ConnectError("The camera gave no photo")))

    assert signal == (Judgement.ERROR, Fault.CAMERA)


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        (Code.PHOTO_DAMAGED, Fault.PHOTO),
        (Code.INFERENCE_FAILED, Fault.MODEL),
        (Code.ENGINE_FULL, Fault.MODEL),
        (Code.STATION_TIMEOUT, Fault.LATE),
        (Code.STATION_BLOCKED, Fault.STATION),
        (Code.RECORDS_UNREACHABLE, Fault.RECORDS),
        (Code.DISK_FULL, Fault.RECORDS),
        (Code.MEMORY, Fault.OTHER),
    ],
)
def test_an_error_on_record_has_the_number_of_its_code(code: Code, fault: Fault) -> None:
    """The PLC compares a number; the record has the code itself."""
    signal = signal_of(Outcome(inspection_row(verdict="ERROR", error_code=code)))

    assert signal == (Judgement.ERROR, fault)


def test_every_code_is_some_fault() -> None:
    """No error reaches the PLC as one that was judged."""
    assert Fault.NONE not in {fault_of(code) for code in Code}
