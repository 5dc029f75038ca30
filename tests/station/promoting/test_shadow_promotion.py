"""A shadow that has passed the gate decides from then on, and back; at a station that runs."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from okng import modelfile
from okng.errors import ConfigError, MissingError, RecordsError, StationError
from okng.modelfile import ModelFile, OperatingPointChange, change_operating_point
from okng.station import Station, opened
from okng.testing.gate import write_gate
from okng.testing.station.stations import station_settings

STEP = {"by": "user:erika", "reason": "pits learned"}


@pytest.fixture
def champion(exported: Path, tmp_path: Path) -> Path:
    """The model file that the station is started with."""
    return Path(shutil.copy(exported, tmp_path / "champion.onnx"))


@pytest.fixture
def challenger(exported: Path, tmp_path: Path) -> Path:
    """Another file, in a run folder of its own: the same model with another threshold."""
    folder = tmp_path / "retrained"
    folder.mkdir()
    path = Path(shutil.copy(exported, folder / "inspector.onnx"))
    change_operating_point(path, OperatingPointChange(reason="test", threshold=0.25))
    return path


@pytest.fixture
def station(champion: Path, tmp_path: Path) -> Iterator[Station]:
    """A station with the champion, without a shadow."""
    with opened(station_settings(tmp_path / "station", drift={"watch": False}), [champion]) as one:
        yield one


def live(station: Station) -> ModelFile:
    """The file that decides."""
    return station.models.live().engine.file


def shadowed(station: Station, challenger: Path, **changes: int) -> str:
    """Let the challenger judge as the shadow, after the gate; the name of the model it is for."""
    write_gate(challenger, live(station), **changes)
    station.changes.set_shadow(challenger, by="user:erika", reason="test")
    return station.models.live().name


def test_the_shadow_decides_at_once_and_is_the_shadow_no_longer(
    station: Station, challenger: Path
) -> None:
    """Without a restart; the row on record holds both digests."""
    before = live(station).digest
    name = shadowed(station, challenger)
    done = station.promotion.promote(name, **STEP)

    assert (done.before, done.after) == (before, modelfile.read(challenger).digest)
    assert live(station).digest == done.after
    assert station.shadow.engine is None


def test_the_model_of_before_decides_again(station: Station, challenger: Path) -> None:
    """Once: a promotion that was taken back cannot be taken back again."""
    before, name = live(station).digest, shadowed(station, challenger)
    assert not station.promotion.can_roll_back(name)
    station.promotion.promote(name, **STEP)
    assert station.promotion.can_roll_back(name)
    station.promotion.roll_back(name, **STEP)

    assert live(station).digest == before
    assert not station.promotion.can_roll_back(name)
    with pytest.raises(MissingError, match="no promotion"):
        station.promotion.roll_back(name, **STEP)


def test_a_refused_shadow_does_not_decide(station: Station, challenger: Path) -> None:
    """Whoever asks for it; what the gate found is there to be read."""
    before, name = live(station).digest, shadowed(station, challenger, escaped=40)
    gated = station.promotion.gated()

    assert gated is not None
    assert not gated.is_for(before)
    with pytest.raises(StationError, match="refused"):
        station.promotion.promote(name, **STEP)
    assert live(station).digest == before


def test_a_shadow_that_was_compared_with_another_model_does_not_decide(
    station: Station, challenger: Path
) -> None:
    """The threshold of the live model was changed since."""
    name = shadowed(station, challenger)
    change = OperatingPointChange(reason="fewer escapes", threshold=0.4)
    station.changes.set_operating_point(name, change, by="user:erika")

    with pytest.raises(StationError, match="another model"):
        station.promotion.promote(name, **STEP)


@pytest.mark.parametrize("fault", ["none", "broken", "of another file"])
def test_a_shadow_without_a_verdict_does_not_decide(
    station: Station, challenger: Path, fault: str
) -> None:
    """No file of the gate, one that cannot be read, or that of another challenger."""
    name = shadowed(station, challenger)
    gate = challenger.parent / "gate.json"
    if fault == "none":
        gate.unlink()
    elif fault == "broken":
        gate.write_text("[1")
    else:
        gate.write_text(gate.read_text().replace(modelfile.read(challenger).digest, "0" * 64))

    assert station.promotion.gated() is None
    with pytest.raises(StationError, match="not judged"):
        station.promotion.promote(name, **STEP)


def test_a_shadow_without_a_folder_has_no_verdict(station: Station, challenger: Path) -> None:
    """As one that came by the API."""
    station.changes.set_shadow(modelfile.read(challenger), by="user:erika", reason="test")

    assert station.promotion.gated() is None


def test_without_a_shadow_or_a_reason_nothing_happens(station: Station, challenger: Path) -> None:
    """Each is an error of its own."""
    name = station.models.live().name
    with pytest.raises(MissingError, match="no shadow"):
        station.promotion.promote(name, **STEP)
    with pytest.raises(MissingError, match="no model"):
        station.promotion.roll_back("other", **STEP)
    shadowed(station, challenger)
    with pytest.raises(ConfigError, match="no reason"):
        station.promotion.promote(name, by="user:erika", reason=" ")


def test_a_station_without_records_promotes_nothing(
    champion: Path, challenger: Path, tmp_path: Path
) -> None:
    """Since nothing of it could be put on record."""
    settings = station_settings(tmp_path / "bare", records={"no_records": True})
    with opened(settings, [champion]) as station:
        name = shadowed(station, challenger)
        assert not station.promotion.can_roll_back(name)
        with pytest.raises(RecordsError, match="no records"):
            station.promotion.promote(name, **STEP)
