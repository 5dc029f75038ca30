"""Photos that arrive in a folder are judged once, put on record, and sorted."""

import errno
import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from okng.connect.line import Line, around
from okng.connect.receiving import NamedSource
from okng.connect.sources.folder import FolderSettings
from okng.connect.sources.folder import sorting as sorting_module
from okng.error_codes import Code
from okng.errors import ConfigError
from okng.records.queries import InspectionFilter
from okng.station import Station
from okng.testing import BrightnessSession, grey_photo
from okng.testing.line.sources import KeptAlarms, until

OK, NG, NOTHING = grey_photo(20), grey_photo(200), b"no photo at all"


@pytest.fixture
def incoming(tmp_path: Path) -> Path:
    """The folder that photos arrive in."""
    folder = tmp_path / "incoming"
    folder.mkdir()
    return folder


@pytest.fixture
def alarms() -> KeptAlarms:
    """Alarms of the station."""
    return KeptAlarms()


@contextmanager
def watching(
    station: Station, folder: Path, alarms: KeptAlarms | None = None, **settings: object
) -> Iterator[Line]:
    """A line whose source is the folder."""
    alarms = alarms or KeptAlarms()
    chosen = FolderSettings.model_validate({"path": folder, "steady": 0.2, "whole_within": 5}
                                           | settings)  # fmt: skip
    source = chosen.source(around(station, "plant", alarms))
    with Line(station, [NamedSource("folder", chosen, source)], alarms) as line:
        yield line


def names(folder: Path) -> set[str]:
    """Files below a folder, relative to it."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def verdicts(station: Station) -> list[str]:
    """Of all inspections, sorted."""
    assert station.records is not None
    return sorted(row.verdict for row in station.records.page(InspectionFilter()).rows)


def write_slowly(path: Path, content: bytes, pause: float) -> None:
    """In two halves."""
    with path.open("wb") as file:
        file.write(content[: len(content) // 2])
        file.flush()
        time.sleep(pause)
        file.write(content[len(content) // 2 :])


def test_photos_are_sorted_by_verdict(station: Station, incoming: Path) -> None:
    """Those that wait, and those that come later; other files stay."""
    (incoming / "waits.png").write_bytes(OK)
    (incoming / "notes.txt").write_text("no photo")
    with watching(station, incoming):
        until(lambda: names(incoming) >= {"ok/waits.png"})
        (incoming / "bad.png").write_bytes(NG)
        (incoming / "odd.png").write_bytes(NOTHING)
        until(lambda: len(names(incoming)) == 4 and (incoming / "error/odd.png").exists())

    assert names(incoming) == {"ok/waits.png", "ng/bad.png", "error/odd.png", "notes.txt"}
    assert verdicts(station) == ["ERROR", "NG", "OK"]


def test_half_written_photo_is_not_judged_before_it_is_whole(
    station: Station, incoming: Path
) -> None:
    """However slowly it is written; it is judged once."""
    with watching(station, incoming, whole_within=10):
        write_slowly(incoming / "part.png", OK, 0.3)
        until(lambda: names(incoming) == {"ok/part.png"})

    assert verdicts(station) == ["OK"]


def test_photo_that_stays_cut_off_is_an_error(station: Station, incoming: Path) -> None:
    """On record, and in its folder: nothing waits for ever."""
    with watching(station, incoming, whole_within=0.5):
        (incoming / "part.png").write_bytes(OK[: len(OK) // 2])
        until(lambda: names(incoming) == {"error/part.png"})

    assert verdicts(station) == ["ERROR"]


def test_temporary_name_is_left_until_it_is_renamed(station: Station, incoming: Path) -> None:
    """The way in which careful programs write."""
    with watching(station, incoming):
        (incoming / "part.png.tmp").write_bytes(NG)
        (incoming / ".hidden.png").write_bytes(NG)
        (incoming / "first.png").write_bytes(OK)
        until((incoming / "ok/first.png").exists)
        (incoming / "part.png.tmp").rename(incoming / "part.png")
        until((incoming / "ng/part.png").exists)

    assert verdicts(station) == ["NG", "OK"]


def test_share_is_looked_at_from_time_to_time(station: Station, incoming: Path) -> None:
    """Where the system reports no changes of other machines."""
    with watching(station, incoming, poll="50ms"):
        (incoming / "part.png").write_bytes(OK)
        until(lambda: names(incoming) == {"ok/part.png"})


def test_restart_finds_what_stays_in_the_folder_on_record(
    station: Station, incoming: Path, session: BrightnessSession
) -> None:
    """Files that are left where they are: only the new one is read and judged."""
    for number in range(5):
        (incoming / f"{number}.png").write_bytes(grey_photo(20, mark=number))
    with watching(station, incoming, after="leave"):
        until(lambda: len(verdicts(station)) == 5)
    (incoming / "new.png").write_bytes(NG)
    with watching(station, incoming, after="leave") as line:
        until(lambda: "NG" in verdicts(station))

    assert line.receivers[0].parts == 1
    assert sum(session.batches) == 6


def test_photo_that_was_on_record_and_not_moved_is_moved_after_a_restart(
    station: Station, incoming: Path, session: BrightnessSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a kill between the two; it is not judged again."""
    (incoming / "part.png").write_bytes(NG)
    with monkeypatch.context() as broken:
        broken.setattr(sorting_module.Sorting, "put", lambda *_: None)
        with watching(station, incoming):
            until(lambda: verdicts(station) == ["NG"])
    before = names(incoming)
    with watching(station, incoming):
        until(lambda: names(incoming) == {"ng/part.png"})

    assert before == {"part.png"}
    assert verdicts(station) == ["NG"]
    assert sum(session.batches) == 1


def test_photo_that_is_moved_back_is_judged_again(station: Station, incoming: Path) -> None:
    """Who puts a photo of `error` back wants another verdict."""
    with watching(station, incoming):
        (incoming / "part.png").write_bytes(OK)
        until(lambda: names(incoming) == {"ok/part.png"})
        time.sleep(0.02)  # the clock of a file system has steps
        (incoming / "ok/part.png").rename(incoming / "part.png")
        until(lambda: len(verdicts(station)) == 2)


def test_photo_that_replaces_a_judged_one_is_never_sorted_by_its_verdict(
    station: Station, incoming: Path, session: BrightnessSession
) -> None:
    """A camera that always writes the same name: each photo goes where its own verdict says."""
    session.free.clear()
    with watching(station, incoming):
        (incoming / "latest.png").write_bytes(OK)
        until(lambda: session.batches, "the judgement")
        (incoming / "latest.png").write_bytes(NG)
        session.free.set()
        until((incoming / "ng/latest.png").exists)

    assert (incoming / "ng/latest.png").read_bytes() == NG
    assert verdicts(station) == ["NG", "OK"]
    assert names(incoming) == {"ng/latest.png"}


def test_no_file_replaces_another(station: Station, incoming: Path) -> None:
    """Two parts with one name stay two files."""
    with watching(station, incoming):
        (incoming / "part.png").write_bytes(OK)
        until(lambda: names(incoming) == {"ok/part.png"})
        (incoming / "part.png").write_bytes(grey_photo(21))
        until(lambda: names(incoming) == {"ok/part.png", "ok/part-2.png"})

    assert (incoming / "ok/part.png").read_bytes() == OK


def test_full_disk_keeps_photos_until_there_is_room(
    station: Station, incoming: Path, alarms: KeptAlarms, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Verdicts go on; the photos are moved later, and an alarm lasts as long."""
    monkeypatch.setattr(sorting_module, "RETRY_SECONDS", 0.05)
    move, full = sorting_module.move, threading.Event()
    full.set()

    def move_if_room(*arguments: object) -> None:
        if full.is_set():
            raise OSError(errno.ENOSPC, "No space left on device")
        move(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(sorting_module, "move", move_if_room)
    with watching(station, incoming, alarms):
        for number in range(6):
            (incoming / f"{number}.png").write_bytes(grey_photo(20, mark=number))
        until(lambda: len(verdicts(station)) == 6)
        during = names(incoming), set(alarms.on)
        full.clear()
        until(lambda: all(name.startswith("ok/") for name in names(incoming)))
        until(lambda: not alarms.on)

    assert during == ({f"{number}.png" for number in range(6)}, {(Code.DISK_FULL, "folder")})
    assert verdicts(station) == 6 * ["OK"]


def test_photos_go_to_another_disk(
    station: Station, incoming: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Copied first, and only then removed."""

    def other_disk(self: Path, target: str) -> None:
        if self.parent == incoming:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        os.rename(self, target)  # noqa: PTH104

    monkeypatch.setattr(Path, "rename", other_disk)
    (incoming / "part.png").write_bytes(OK)
    with watching(station, incoming, sort_into=tmp_path / "sorted", until="empty") as line:
        until(lambda: not line.running)

    assert names(incoming) == set()
    assert (tmp_path / "sorted/ok/part.png").read_bytes() == OK


def test_folder_that_disappears_is_found_again(
    station: Station, incoming: Path, alarms: KeptAlarms
) -> None:
    """As a share whose server restarts: an alarm, and then the photos that came meanwhile."""
    with watching(station, incoming, alarms, poll="20ms"):
        (incoming / "before.png").write_bytes(OK)
        until((incoming / "ok/before.png").exists)
        incoming.rename(incoming.with_name("elsewhere"))
        until(lambda: alarms.on == {(Code.CONNECT_FAILED, "folder")}, "the alarm")
        incoming.mkdir()
        (incoming / "after.png").write_bytes(NG)
        until((incoming / "ng/after.png").exists)
        until(lambda: not alarms.on)


def test_other_folder_in_its_place_is_noticed(
    station: Station, incoming: Path, alarms: KeptAlarms
) -> None:
    """Where a share is unmounted, the empty folder below it shows."""
    with watching(station, incoming, alarms, poll="20ms"):
        time.sleep(0.1)
        shutil.move(incoming, incoming.with_name("elsewhere"))
        incoming.mkdir()
        until(lambda: Code.CONNECT_FAILED in alarms.codes, "the alarm")


def test_names_of_any_bytes_are_sorted(station: Station, incoming: Path) -> None:
    """Bytes that are no text, line ends, and the start of a formula."""
    odd = [b"\xff\xfe.png", b"a\nb.png", b"=cmd.png", "ä ö.png".encode()]
    for number, name in enumerate(odd):
        Path(os.fsdecode(os.fsencode(incoming) + b"/" + name)).write_bytes(
            grey_photo(20, mark=number)
        )
    with watching(station, incoming, until="empty") as line:
        until(lambda: not line.running)

    assert {os.fsencode(path.name) for path in (incoming / "ok").iterdir()} == set(odd)


def test_serial_comes_from_the_name(station: Station, incoming: Path) -> None:
    """By groups of a pattern; a name that it does not match has none."""
    (incoming / "B7_SN0042_top.png").write_bytes(OK)
    (incoming / "other.png").write_bytes(NG)
    pattern = r"(?P<batch>B\d+)_SN(?P<serial>\d+)"
    with watching(station, incoming, serial=pattern, until="empty") as line:
        until(lambda: not line.running)

    assert station.records is not None
    rows = station.records.page(InspectionFilter()).rows
    assert {(row.verdict, row.serial, row.batch) for row in rows} == {
        ("OK", "0042", "B7"),
        ("NG", None, None),
    }


def test_judged_photos_are_deleted_where_asked(station: Station, incoming: Path) -> None:
    """Only those that are on record."""
    (incoming / "part.png").write_bytes(OK)
    with watching(station, incoming, after="delete", until="empty") as line:
        until(lambda: not line.running)

    assert names(incoming) == set()
    assert verdicts(station) == ["OK"]


@pytest.mark.parametrize("pattern", ["(", "no group", "(?P<colour>.)"])
def test_pattern_must_name_what_it_finds(tmp_path: Path, pattern: str) -> None:
    """A mistake in it is found before anything runs."""
    with pytest.raises(ValueError, match="serial"):
        FolderSettings(path=tmp_path, serial=pattern)


def test_check_refuses_a_folder_that_is_not_there(station: Station, tmp_path: Path) -> None:
    """And says where, and what to do; one that is there it describes."""
    known = around(station, "plant", KeptAlarms())
    with pytest.raises(ConfigError, match="no such folder"):
        FolderSettings(path=tmp_path / "nowhere").check(known)

    match = FolderSettings(path=tmp_path).check(known)

    assert [finding.value for finding in match] == [
        str(tmp_path), str(tmp_path), "reports of the system"
    ]  # fmt: skip
