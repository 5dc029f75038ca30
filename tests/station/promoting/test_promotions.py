"""Promotion through the gate, on record, and back."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from okng import modelfile
from okng.config import StationSettings
from okng.errors import MissingError, StationError
from okng.evaluation.gate import Evidence, judge_gate
from okng.modelfile import ModelFile, OperatingPointChange, change_operating_point
from okng.records import Kind, Records, Role
from okng.records.payloads import Promotion
from okng.station.library import FOLDER, Library
from okng.station.logbook import entries_of_kind
from okng.station.opening import opened
from okng.station.promoting.promotions import RULE, Candidate, Promotions
from okng.testing.gate import paired
from okng.testing.station.records import inspection_row
from okng.testing.station.stations import station_settings

STATION = "station-1"


@pytest.fixture
def champion(exported: Path, tmp_path: Path) -> Path:
    """The model file that the station is started with."""
    return Path(shutil.copy(exported, tmp_path / "champion.onnx"))


@pytest.fixture
def challenger(exported: Path, tmp_path: Path) -> ModelFile:
    """Another file: the same model with another threshold."""
    path = Path(shutil.copy(exported, tmp_path / "challenger.onnx"))
    change_operating_point(path, OperatingPointChange(reason="test", threshold=0.25))
    return modelfile.read(path)


@pytest.fixture
def settings(tmp_path: Path) -> StationSettings:
    """A station in a folder."""
    return station_settings(tmp_path / "station", drift={"watch": False})


@pytest.fixture
def promotions(settings: StationSettings, champion: Path) -> Iterator[Promotions]:
    """Promotions at a station that was started once."""
    with opened(settings, [champion]):
        pass
    folder = settings.station.folder
    with Records(folder / "records.sqlite") as records:
        yield Promotions(records, Library(folder / FOLDER), STATION)


def candidate(champion: Path, challenger: ModelFile, *, escaped: int = 0) -> Candidate:
    """A challenger after the gate; with escapes it is refused."""
    before = modelfile.read(champion)
    gate = judge_gate(
        Evidence(paired(escaped=(0, escaped))),
        champion=before.digest,
        challenger=challenger.digest,
    )
    return Candidate(before, challenger, gate, b"gate")


def on_record(promotions: Promotions) -> list[Promotion]:
    """Promotions on record."""
    entries = entries_of_kind(promotions._records, STATION, Kind.PROMOTION)
    return [Promotion.of(entry.payload) for entry in entries]


def test_a_promotion_is_a_row_of_its_own(
    promotions: Promotions, champion: Path, challenger: ModelFile
) -> None:
    """With who, why, both digests and the verdict of the gate; the chain verifies."""
    slot = promotions.slot(None)
    promotions.promote(
        slot, candidate(champion, challenger), by="user:erika", reason="pits learned"
    )
    entry = entries_of_kind(promotions._records, STATION, Kind.PROMOTION)[0]
    row = Promotion.of(entry.payload)

    assert (entry.by, entry.subject) == ("user:erika", slot)
    assert (row.action, row.after) == ("promoted", challenger.digest)
    assert row.verdict.startswith("The challenger may")
    assert entries_of_kind(promotions._records, STATION, Kind.MODEL_CHANGE)[-1].by == "user:erika"


def test_what_the_gate_refuses_changes_nothing(
    promotions: Promotions, champion: Path, challenger: ModelFile
) -> None:
    """The error states what failed, and nothing is on record."""
    slot = promotions.slot(None)

    with pytest.raises(StationError, match="Escapes on the frozen"):
        promotions.promote(
            slot, candidate(champion, challenger, escaped=10), by="user:a", reason="hurry"
        )
    assert on_record(promotions) == []
    assert promotions._library.before(slot) == modelfile.read(champion).digest


def test_the_gate_must_have_seen_the_model_that_decides(
    promotions: Promotions, champion: Path, challenger: ModelFile
) -> None:
    """A verdict about another champion is none about this one."""
    slot, other = promotions.slot(None), candidate(champion, challenger)
    promotions.promote(slot, other, by="user:a", reason="first")

    with pytest.raises(StationError, match="another model"):
        promotions.promote(slot, other, by="user:a", reason="again")


def test_a_changed_file_needs_a_verdict_of_its_own(
    promotions: Promotions, champion: Path, challenger: ModelFile
) -> None:
    """What is promoted is the file that was judged, byte by byte."""
    other = candidate(champion, challenger)._replace(challenger=modelfile.read(champion))

    with pytest.raises(StationError, match="not the one that the gate has judged"):
        promotions.promote(promotions.slot(None), other, by="user:a", reason="r")


def test_one_command_rolls_back(
    promotions: Promotions, champion: Path, challenger: ModelFile
) -> None:
    """The champion decides again, on record; a second time there is nothing to take back."""
    slot = promotions.slot(None)
    promotions.promote(slot, candidate(champion, challenger), by="user:a", reason="r")
    promotions.roll_back(slot, by="user:b", reason="rejects more")

    assert [row.action for row in on_record(promotions)] == ["promoted", "rolled-back"]
    assert promotions._library.before(slot) == modelfile.read(champion).digest
    with pytest.raises(MissingError):
        promotions.roll_back(slot, by="user:b", reason="again")


def test_the_rule_asks_for_parts_in_the_shadow(
    promotions: Promotions, champion: Path, challenger: ModelFile
) -> None:
    """Three parts beside the live model are three, and one differs; four were asked for."""
    slot, live = promotions.slot(None), inspection_row(verdict="OK")
    beside = {"role": Role.SHADOW, "live_id": live.id, "model_digest": challenger.digest}
    rows = [inspection_row(**beside, verdict=verdict) for verdict in ("OK", "OK", "NG")]
    promotions._records.append(live, *rows).result()
    asked = candidate(champion, challenger)

    assert promotions.shadow_run(challenger.digest) == (3, 1)
    with pytest.raises(StationError, match="3 parts"):
        promotions.promote(slot, asked, by=RULE, reason="rule", shadow_parts=4)
    done = promotions.promote(slot, asked, by=RULE, reason="rule", shadow_parts=3)
    assert (done.shadow_parts, done.shadow_differing) == (3, 1)


def test_a_running_station_takes_the_promoted_file(
    settings: StationSettings, champion: Path, challenger: ModelFile
) -> None:
    """And takes the champion again after the way back; each row names the file that judged."""
    with opened(settings, [champion]) as station:
        assert station.records is not None
        promotions = Promotions(station.records, Library(settings.station.folder / FOLDER), STATION)
        slot = promotions.slot(None)
        promotions.promote(slot, candidate(champion, challenger), by="user:a", reason="r")
        assert station.changes.follow() in ([slot], [])  # [] where the thread was first
        during = station.models.live(slot).engine.digest
        promotions.roll_back(slot, by="user:a", reason="r")
        station.changes.follow()
        after = station.models.live(slot).engine.digest

    assert (during, after) == (challenger.digest, modelfile.read(champion).digest)


def test_a_promotion_holds_after_a_restart(
    promotions: Promotions, settings: StationSettings, champion: Path, challenger: ModelFile
) -> None:
    """The station is started with the same file as before, and the promoted one judges."""
    slot = promotions.slot(None)
    promotions.promote(slot, candidate(champion, challenger), by="user:a", reason="r")
    with opened(settings, [champion]) as station:
        assert station.models.live(slot).engine.digest == challenger.digest
