"""What good master parts looked like in the last check that passed."""

from collections.abc import Callable, Sequence

from okng.config.station import MastersSection
from okng.records.payloads import MasterShown
from okng.station.camera.conditions import PhotoConditions
from okng.station.camera.findings import (
    TOLERANCES,
    CameraFinding,
    ConditionPair,
    changes_of,
    unfamiliar,
)
from okng.station.masters.check import ShownPart


class References:
    """Measures of the last check that passed, by serial.

    Args:
        shown: parts of that check; empty before the first one.
        conditions: measures the stored photo of an inspection; None if it is not stored any more.
        most: its tolerances are what may change without a finding.
    """

    def __init__(
        self,
        shown: Sequence[MasterShown],
        conditions: Callable[[str], PhotoConditions | None],
        most: MastersSection = TOLERANCES,
    ) -> None:
        self._shown = {part.serial: part for part in shown}
        self._conditions, self._most = conditions, most

    def findings(self, now: Sequence[ShownPart]) -> tuple[CameraFinding, ...]:
        """Differences of light, focus and position, by known good parts."""
        pairs, before = [], []
        for part in now:
            earlier = self._shown.get(part.part.serial)
            if earlier is None:
                continue
            before.append(_number(earlier.unfamiliarity))
            reference = self._reference(earlier)
            if part.conditions is not None and reference is not None:
                pairs.append(ConditionPair(part.conditions, reference))
        strange = unfamiliar([part.unfamiliarity for part in now], before)
        changes = changes_of(pairs, self._most)
        return changes if strange is None else (*changes, strange)

    def _reference(self, earlier: MasterShown) -> PhotoConditions | None:
        """From the stored photo; from the numbers on record where it is gone."""
        measured = self._conditions(earlier.inspection)
        if measured is not None or earlier.brightness is None:
            return measured
        return PhotoConditions(
            _number(earlier.brightness), _number(earlier.contrast), _number(earlier.sharpness)
        )


def _number(text: str | None) -> float:
    return float("nan") if text is None else float(text)
