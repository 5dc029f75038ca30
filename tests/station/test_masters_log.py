"""The list of master parts, and the checks with them, on record."""

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from okng.errors import MissingError, StationError
from okng.records import InspectionRow, Kind, Records, Role
from okng.records.payloads import MasterPartChange
from okng.station.masters import CheckResult, CheckState, MasterLog, Schedule
from okng.testing import draw_part
from okng.testing.station.records import inspection_row

MODEL = "m" * 64
DAY = timedelta(days=1)


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    """Empty records."""
    with Records(tmp_path / "records.sqlite") as records:
        yield records


def opened(records: Records, photos: dict[str, np.ndarray] | None = None) -> MasterLog:
    """The log of a station whose clock goes on by a second with each question."""
    begin = datetime(2026, 11, 28, 12, tzinfo=UTC) + timedelta(
        seconds=1000 * len(records.entries_of("check"))
    )
    seconds = itertools.count()
    return MasterLog(
        records,
        "station-1",
        Schedule(every=DAY),
        photo=(photos or {}).get,
        now=lambda: begin + timedelta(seconds=next(seconds)),
    )


@pytest.fixture
def log(records: Records) -> MasterLog:
    """With a good and a defective part on its list."""
    log = opened(records)
    log.change("G1", MasterPartChange(action="added", truth="OK"), "user:mia")
    log.change("B1", MasterPartChange(action="added", truth="NG", label="dent"), "user:mia")
    return log


def seen(verdict: str, **given: object) -> InspectionRow:
    """The inspection of a master part."""
    return inspection_row(role=Role.MASTER, model_digest=MODEL, verdict=verdict, **given)


def checked(log: MasterLog, **verdicts: str) -> CheckResult:
    """A whole check with these verdicts by serial."""
    log.begin("user:ben", model_digest=MODEL)
    for serial, verdict in verdicts.items():
        log.show(serial, seen(verdict), None)
    return log.finish("user:ben")


def test_list_names_truth_and_person(log: MasterLog) -> None:
    """Each part is listed with what it is known to be and who put it there."""
    assert [(part.serial, part.truth, part.label, part.by) for part in log.parts] == [
        ("G1", "OK", "", "user:mia"),
        ("B1", "NG", "dent", "user:mia"),
    ]


def test_part_is_replaced_and_retired(log: MasterLog, records: Records) -> None:
    """What leaves the list stays on record, and the list reads the same after a restart."""
    log.change("G2", MasterPartChange(action="replaced", truth="OK", replaces="G1"), "user:mia")
    log.change("B1", MasterPartChange(action="retired", note="broken"), "user:mia")

    for parts in (log.parts, opened(records).parts):
        assert list(parts.active) == ["G2"]
        assert parts.retired == {"G1", "B1"}
    assert len(records.entries_of("B1", Kind.MASTER_PART)) == 2


def test_change_that_does_not_fit_the_list_is_refused(log: MasterLog) -> None:
    """A serial twice, an empty one, or one that is not there; the list stays as it is."""
    added = MasterPartChange(action="added", truth="OK")
    replaced = MasterPartChange(action="replaced", truth="OK", replaces="G9")

    with pytest.raises(StationError, match="already"):
        log.change("G1", added, "user:mia")
    with pytest.raises(StationError, match="needs a serial"):
        log.change(" ", added, "user:mia")
    with pytest.raises(MissingError):
        log.change("G2", replaced, "user:mia")
    assert list(log.parts.active) == ["G1", "B1"]


def test_check_passes_when_every_verdict_matches(log: MasterLog) -> None:
    """The station is in date from then on."""
    assert log.status(MODEL).state is CheckState.NEVER
    result = checked(log, G1="OK", B1="NG")

    assert result.passed
    assert log.status(MODEL).state is CheckState.PASSED
    assert log.status("another").state is CheckState.DUE


@pytest.mark.parametrize(
    "verdicts",
    [
        {"G1": "OK", "B1": "OK"},
        {"G1": "NG", "B1": "NG"},
        {"G1": "OK", "B1": "REVIEW"},
        {"G1": "ERROR", "B1": "NG"},
    ],
)
def test_one_wrong_verdict_fails_the_check(log: MasterLog, verdicts: dict[str, str]) -> None:
    """A person's decision is not the station's: REVIEW does not match a defective part."""
    result = checked(log, **verdicts)

    assert not result.passed
    assert len(result.mismatches) == 1
    assert log.status(MODEL).state is CheckState.FAILED


def test_part_that_is_not_shown_fails_the_check(log: MasterLog) -> None:
    """The result names it."""
    result = checked(log, G1="OK")

    assert (result.passed, result.missing) == (False, ("B1",))


def test_part_shown_again_counts_by_its_last_photo(log: MasterLog) -> None:
    """A part that lay badly may be shown again before the check ends."""
    log.begin("user:ben", model_digest=MODEL)
    for serial, verdict in (("G1", "NG"), ("B1", "NG"), ("G1", "OK")):
        log.show(serial, seen(verdict), None)

    assert log.finish("user:ben").passed


def test_result_outlives_a_restart(log: MasterLog, records: Records) -> None:
    """Who, when, which parts and verdicts are read from the records."""
    result = checked(log, G1="OK", B1="OK")
    again = opened(records)

    assert again.history() == [result]
    assert result.by == "user:ben"
    assert [(part.serial, part.verdict) for part in result.mismatches] == [("B1", "OK")]
    assert again.status(MODEL).state is CheckState.FAILED


def test_check_needs_both_kinds_of_part(records: Records) -> None:
    """A check without a defective part would not show that one is rejected."""
    log = opened(records)
    log.change("G1", MasterPartChange(action="added", truth="OK"), "user:mia")

    with pytest.raises(StationError, match="defective"):
        log.begin("user:ben", model_digest=MODEL)


def test_nothing_is_shown_outside_of_a_check(log: MasterLog) -> None:
    """Nor a part that is not on the list, nor one judged by another model."""
    with pytest.raises(MissingError):
        log.show("G1", seen("OK"), None)
    log.begin("user:ben", model_digest="another")
    with pytest.raises(MissingError):
        log.show("X9", seen("OK"), None)
    with pytest.raises(StationError, match="changed"):
        log.show("G1", seen("OK"), None)


def test_change_of_the_list_drops_a_check_that_has_begun(log: MasterLog) -> None:
    """It was about another list."""
    log.begin("user:ben", model_digest=MODEL)
    log.change("B2", MasterPartChange(action="added", truth="NG"), "user:mia")

    assert log.check is None


def test_change_of_the_list_makes_the_check_due(log: MasterLog) -> None:
    """The new part was never shown."""
    checked(log, G1="OK", B1="NG")
    log.change("B2", MasterPartChange(action="added", truth="NG"), "user:mia")
    status = log.status(MODEL)

    assert (status.state, status.changed) == (CheckState.DUE, True)


def test_light_is_compared_with_the_last_check_that_passed(
    log: MasterLog, records: Records
) -> None:
    """Also after a restart, when only what is on record is left; a failed check is no norm."""
    photo = draw_part(1, size=96).photo

    def shown(at: MasterLog, factor: float, verdict: str) -> list[str]:
        at.begin("user:ben", model_digest=MODEL)
        at.show("B1", seen("NG"), None)
        at.show("G1", seen(verdict), (photo * factor).astype(np.uint8))
        return [finding.code for finding in at.finish("user:ben").findings]

    assert shown(log, 1.0, "OK") == []
    assert shown(log, 0.7, "NG") == ["camera_darker"]
    assert shown(opened(records), 0.7, "OK") == ["camera_darker"]
    assert shown(opened(records), 0.7, "OK") == []


def test_position_is_compared_with_the_stored_photo(log: MasterLog, records: Records) -> None:
    """The photo of the last check that passed is read by its inspection."""
    photo = draw_part(1, size=128).photo
    log.begin("user:ben", model_digest=MODEL)
    log.show("B1", seen("NG"), None)
    row = seen("OK")
    log.show("G1", row, photo)
    log.finish("user:ben")

    again = opened(records, {row.id: photo})
    again.begin("user:ben", model_digest=MODEL)
    again.show("G1", seen("OK"), np.roll(photo, 10, axis=1))

    assert [finding.code for finding in again.findings()] == ["camera_shifted"]
