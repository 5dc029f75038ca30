"""What became of a part, as the PLC gets it: OK only for a verdict OK on record."""

from okng.connect.part import Outcome
from okng.connect.plc.signals import Fault, Signal
from okng.error_codes import Code
from okng.verdict import Judgement

_EXACT = {
    Code.STATION_TIMEOUT: Fault.LATE,
    Code.CONNECT_FAILED: Fault.CAMERA,
    Code.CONNECT_REFUSED: Fault.CAMERA,
    Code.DISK_FULL: Fault.RECORDS,
}
_FIRST_WORDS = {
    "photo": Fault.PHOTO,
    "model": Fault.MODEL,
    "engine": Fault.MODEL,
    "inference": Fault.MODEL,
    "records": Fault.RECORDS,
    "photo-store": Fault.RECORDS,
    "station": Fault.STATION,
    "camera": Fault.CAMERA,
}


def signal_of(outcome: Outcome) -> Signal:
    """Verdict and number of the fault."""
    judgement = outcome.signal
    if judgement is not Judgement.ERROR:
        return Signal(judgement)
    return Signal(judgement, fault_of(_code(outcome)))


def fault_of(code: str) -> Fault:
    """Number for a code of `okng.error_codes`: PLCs compare numbers, and there are few of them."""
    exact = {str(key): fault for key, fault in _EXACT.items()}
    return exact.get(code) or _FIRST_WORDS.get(code.split(".", 1)[0], Fault.OTHER)


def _code(outcome: Outcome) -> str:
    if outcome.fault is not None:
        return str(outcome.fault.code)
    return outcome.row.error_code if outcome.row is not None else ""
