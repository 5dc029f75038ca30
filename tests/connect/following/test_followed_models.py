"""A station takes the model that an address offers, and keeps the old one whatever goes wrong."""

import json
import shutil
from pathlib import Path

import pytest

from followed_models import Follow, changed, digest_of
from okng import modelfile
from okng.error_codes import Code
from okng.modelfile import new_keys


def test_followed_model_becomes_the_shadow(follow: Follow, other: Path, offered: Path) -> None:
    """It judges beside, and decides nothing; on record with its address."""
    shutil.copy(other, offered)
    line = follow(offered.as_uri())
    before = line.live

    assert line.follower.poll()
    assert (line.live, line.shadow) == (before, digest_of(other))
    change = line.changes[-1]
    assert (change.role, change.after) == ("shadow", digest_of(other))
    assert change.reason == f"followed {offered.as_uri()}"


def test_followed_model_decides_where_that_is_set(
    follow: Follow, exported: Path, other: Path, offered: Path
) -> None:
    """On record as a change by the API is: role, before, after, why."""
    shutil.copy(other, offered)
    line = follow(offered.as_uri(), follow_as="live")

    assert line.follower.poll()
    assert (line.live, line.shadow) == (digest_of(other), None)
    change = line.changes[-1]
    assert (change.role, change.before, change.after) == (
        "live", digest_of(exported), digest_of(other),
    )  # fmt: skip


def test_same_model_is_taken_once(follow: Follow, other: Path, offered: Path) -> None:
    """Neither a second look nor a touched file makes a change."""
    shutil.copy(other, offered)
    line = follow(offered.as_uri(), follow_as="live")
    looks = [line.follower.poll(), line.follower.poll()]
    offered.touch()
    looks.append(line.follower.poll())

    assert looks == [True, False, False]
    assert len(line.changes) == 2  # at start, and once


def test_threshold_set_at_the_station_outlasts_looks(
    follow: Follow, other: Path, offered: Path
) -> None:
    """The address offers what it did before: nothing is taken back."""
    shutil.copy(other, offered)
    line = follow(offered.as_uri(), follow_as="live")
    line.follower.poll()
    change = modelfile.OperatingPointChange(reason="of a test", threshold=0.6)
    line.station.changes.set_operating_point("test", change, by="user:eva")
    by_hand = line.live
    offered.touch()  # fetched anew, and found to be the same

    assert not line.follower.poll()
    assert line.live == by_hand


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (b"no model at all", Code.MODEL_FOREIGN),
        (b"", Code.MODEL_FOREIGN),
        (b"\x1f\x8b damaged", Code.MODEL_FOREIGN),
    ],
)
def test_file_that_is_no_model_changes_nothing(
    follow: Follow, offered: Path, content: bytes, cause: Code
) -> None:
    """The old model judges on; the alarm states the cause; it is not fetched again and again."""
    offered.write_bytes(content)
    line = follow(offered.as_uri(), follow_as="live")
    before = line.live
    looks = [line.follower.poll(), line.follower.poll()]

    assert looks == [False, False]
    assert line.live == before
    (alarm,) = line.alarms.on
    assert (alarm.code, alarm.values["cause"]) == (Code.MODEL_NOT_FOLLOWED, cause)
    assert line.follower.fault is not None  # still, at the second look


def test_alarm_ends_with_a_sound_model(follow: Follow, other: Path, offered: Path) -> None:
    """First nothing is there, then half a model, then all of it."""
    line = follow(offered.as_uri(), follow_as="live")
    line.follower.poll()
    first = [alarm.code for alarm in line.alarms.on]
    offered.write_bytes(other.read_bytes()[:-100])
    line.follower.poll()
    second = [alarm.code for alarm in line.alarms.on]
    shutil.copy(other, offered)

    assert line.follower.poll()
    assert first == second == [Code.MODEL_NOT_FOLLOWED]
    assert (line.alarms.on, line.follower.fault) == ([], None)
    assert line.live == digest_of(other)


def test_model_of_other_classes_does_not_decide(
    follow: Follow, exported: Path, offered: Path
) -> None:
    """A model of another product would judge every part wrongly."""
    metadata = modelfile.read(exported).metadata
    shutil.copy(exported, offered)
    modelfile.seal(offered, metadata.model_copy(update={"classes": ("ok", "scratch")}))
    line = follow(offered.as_uri(), follow_as="live")
    before = line.live

    assert not line.follower.poll()
    assert line.live == before
    assert line.follower.fault is not None
    assert "other classes: ok, scratch" in line.follower.fault.what


def test_pinned_digest_must_be_that_of_the_file(follow: Follow, other: Path, offered: Path) -> None:
    """Whatever else the address offers is refused."""
    shutil.copy(other, offered)
    line = follow(offered.as_uri(), follow_sha256="0" * 64)

    assert not line.follower.poll()
    assert line.alarms.on[0].values["cause"] == Code.MODEL_OTHER_DIGEST


def test_signature_is_asked_where_a_key_is_set(
    follow: Follow, other: Path, offered: Path, tmp_path: Path
) -> None:
    """An unsigned file is refused, one of another key too, and the signed one taken."""
    public = new_keys(tmp_path / "plant.pem")
    new_keys(tmp_path / "stranger.pem")
    line = follow(offered.as_uri(), follow_key=public)
    causes = []
    for key in (None, "stranger.pem"):
        shutil.copy(other, offered)
        if key is not None:
            modelfile.sign(offered, tmp_path / key)
        line.follower.poll()
        causes.append(line.alarms.on[0].values["cause"])
    shutil.copy(other, offered)
    modelfile.sign(offered, tmp_path / "plant.pem")

    assert causes == [Code.MODEL_UNSIGNED] * 2
    assert line.follower.poll()
    assert line.shadow == digest_of(offered)


def test_pointer_names_model_and_digest(
    follow: Follow, exported: Path, other: Path, offered: Path
) -> None:
    """A small file is exchanged at once; the model beside it is the one that it names."""
    shutil.copy(other, offered.with_name("m-2.onnx"))
    pointer = offered.with_name("current.json")
    pointer.write_text(json.dumps({"model": "m-2.onnx", "sha256": digest_of(other)}))
    line = follow(pointer.as_uri(), follow_as="live")
    taken = line.follower.poll()
    third = changed(exported, offered.with_name("m-3.onnx"), 0.8)
    pointer.write_text(json.dumps({"model": "m-3.onnx", "sha256": digest_of(other)}))

    assert taken
    assert not line.follower.poll()  # the digest is that of another file
    assert line.alarms.on[0].values["cause"] == Code.MODEL_OTHER_DIGEST
    pointer.write_text(json.dumps({"model": third.name, "sha256": digest_of(third)}))
    assert line.follower.poll()
    assert line.live == digest_of(third)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", '{"model": "m.onnx"}', '{"model": "m.onnx", "sha256": "x"}', "x" * 70_000],
)
def test_pointer_that_is_not_valid_is_refused(follow: Follow, offered: Path, text: str) -> None:
    """With what it should hold."""
    pointer = offered.with_name("current.json")
    pointer.write_text(text)
    line = follow(pointer.as_uri())

    assert not line.follower.poll()
    assert line.follower.fault is not None
    assert "sha256" in str(line.follower.fault.allowed)


def test_nothing_is_left_behind_in_the_folder(follow: Follow, offered: Path) -> None:
    """Neither by a refused file nor by one that cannot be fetched."""
    line = follow(offered.as_uri())
    line.follower.poll()
    offered.write_bytes(b"no model")
    line.follower.poll()
    folder = line.station.settings.station.folder / "models"

    assert [path.name for path in folder.iterdir() if path.name.startswith(".follow")] == []
