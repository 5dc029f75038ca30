"""Verdicts in files: whole lines, none twice, whatever happens to the process and the disk."""

import csv
import errno
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from okng.connect.contracts import Around, Sink
from okng.connect.delivery import Alarm, Delivery
from okng.connect.sinks.journal import JournalFormat, JournalSettings
from okng.error_codes import Code
from okng.errors import ConfigError, ConnectError
from okng.inference.inspection import new_id
from okng.testing.station.records import inspection_row

NOON = int(datetime(2025, 11, 29, 12, 0, tzinfo=UTC).timestamp()) * 1_000_000
HOUR = 3_600_000_000


def _delivery(seq: int, time_us: int = NOON, **given: object) -> Delivery:
    return Delivery(inspection_row(id=new_id(), time_us=time_us, offset_min=0, **given), seq)


def _sink(folder: Path, around: Around, **given: object) -> Sink:
    sink = JournalSettings.model_validate({"folder": folder} | given).sink(around)
    sink.open()
    return sink


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_each_day_has_a_file(tmp_path: Path, around: Around) -> None:
    """The day of the verdict counts, on the clock of the station."""
    sink = _sink(tmp_path, around)
    sink.send([_delivery(1), _delivery(2, NOON + 24 * HOUR)])
    sink.close()

    assert sorted(each.name for each in tmp_path.iterdir()) == [
        "station-1-2025-11-29.csv", "station-1-2025-11-30.csv",
    ]  # fmt: skip
    assert [row["seq"] for row in _rows(tmp_path / "station-1-2025-11-29.csv")] == ["1"]


def test_each_shift_has_a_file(tmp_path: Path, around: Around) -> None:
    """Before the first shift of a day, the last one of the day before goes on."""
    sink = _sink(tmp_path, around, period="shift")
    sink.send([_delivery(n, NOON + h * HOUR) for n, h in enumerate((-8, 0, 1, 2, 11))])
    sink.close()

    assert sorted(each.name.removeprefix("station-1-2025-11-") for each in tmp_path.iterdir()) == [
        "28T2200.csv", "29T0600.csv", "29T1400.csv", "29T2200.csv",
    ]  # fmt: skip


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_a_repeat_writes_nothing_twice(tmp_path: Path, around: Around, form: str) -> None:
    """Within a process, and after a restart."""
    deliveries = [_delivery(n) for n in range(1, 6)]
    for part in (deliveries[:3], deliveries[1:], deliveries):
        sink = _sink(tmp_path, around, format=form)
        sink.send(part)
        sink.send(part)
        sink.close()
    lines = (tmp_path / f"station-1-2025-11-29.{form}").read_text("utf-8-sig").splitlines()

    assert len(lines) == 5 + (form == "csv")


@pytest.mark.parametrize("form", ["csv", "jsonl"])
@pytest.mark.parametrize("cut", [1, 30])
def test_a_line_that_a_crash_cut_off_is_written_again(
    tmp_path: Path, around: Around, form: str, cut: int
) -> None:
    """The file has whole lines only, each verdict once."""
    deliveries = [_delivery(n) for n in range(1, 4)]
    sink = _sink(tmp_path, around, format=form)
    sink.send(deliveries)
    sink.close()
    file = tmp_path / f"station-1-2025-11-29.{form}"
    whole = file.read_bytes()
    file.write_bytes(whole[:-cut])
    sink = _sink(tmp_path, around, format=form)
    sink.send(deliveries)
    sink.close()

    assert file.read_bytes() == whole


def test_a_head_that_a_crash_cut_off_is_written_again(tmp_path: Path, around: Around) -> None:
    """The process ended within the first line."""
    file = tmp_path / "station-1-2025-11-29.csv"
    file.write_bytes(b"\xef\xbb\xbfid,fo")
    sink = _sink(tmp_path, around)
    sink.send([_delivery(1)])
    sink.close()

    assert [row["seq"] for row in _rows(file)] == ["1"]


def test_a_spreadsheet_runs_no_cell(tmp_path: Path, around: Around) -> None:
    """Serial numbers come from labels that anybody can print."""
    sink = _sink(tmp_path, around)
    sink.send([_delivery(1, serial="=cmd|' /C calc'!A0", batch='two\nlines, "quoted"')])
    sink.close()
    (row,) = _rows(tmp_path / "station-1-2025-11-29.csv")

    assert row["serial"] == "'=cmd|' /C calc'!A0"
    assert row["batch"] == 'two lines, "quoted"'


def test_alarms_have_files_of_their_own(tmp_path: Path, around: Around) -> None:
    """Their columns differ."""
    sink = _sink(tmp_path, around)
    sink.alarm(Alarm(new_id(), NOON, "station-1", Code.CONNECT_FAILED, "camera"))
    sink.close()

    assert _rows(tmp_path / "station-1-alarms-2025-11-29.csv")[0]["code"] == "connect.failed"


def test_a_full_disk_leaves_whole_lines_and_is_tried_again(
    tmp_path: Path, around: Around, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What did not fit is written once there is room."""
    deliveries = [_delivery(n) for n in range(1, 4)]
    sink = _sink(tmp_path, around, format="jsonl")
    sink.send(deliveries[:1])
    file = tmp_path / "station-1-2025-11-29.jsonl"
    whole = file.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr("okng.connect.sinks.journal.line_file._write", _half)
        with pytest.raises(ConnectError) as caught:
            sink.send(deliveries)
    between = file.read_bytes()
    sink.close()
    sink = _sink(tmp_path, around, format="jsonl")
    sink.send(deliveries)
    sink.close()

    assert (caught.value.code, between) == (Code.DISK_FULL, whole)
    assert [json.loads(line)["seq"] for line in file.read_text().splitlines()] == [1, 2, 3]


def _half(stream: object, data: bytes) -> None:
    """Half of the data fits."""
    os.write(stream.fileno(), data[: len(data) // 2])  # type: ignore[attr-defined]
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_folder_that_is_none_is_a_fault_of_the_sink(tmp_path: Path, around: Around) -> None:
    """It is tried again; the check says so before the start."""
    (tmp_path / "file").write_text("")
    with pytest.raises(ConnectError) as caught:
        _sink(tmp_path / "file" / "folder", around)
    with pytest.raises(ConfigError):
        JournalSettings(folder=tmp_path / "file" / "folder").check(around)

    assert caught.value.code is Code.FILE_NOT_WRITABLE


def test_a_day_becomes_one_parquet_file_once_it_is_over(tmp_path: Path, around: Around) -> None:
    """Until then its lines are collected; none is twice after a restart in between."""
    parquet = pytest.importorskip("pyarrow.parquet")
    deliveries = [_delivery(n, serial=f"A-{n}") for n in range(1, 4)]
    for part in (deliveries[:2], deliveries):
        sink = _sink(tmp_path, around, format=JournalFormat.PARQUET)
        sink.send(part)
        sink.close()
    collected = [each.name for each in tmp_path.iterdir()]
    sink.open()
    sink.send(())
    table = parquet.read_table(tmp_path / "station-1-2025-11-29.parquet")

    assert collected == ["station-1-2025-11-29.parquet.part"]
    assert table["seq"].to_pylist() == [1, 2, 3]
    assert table["serial"].to_pylist() == ["A-1", "A-2", "A-3"]
    assert table["time"][0].as_py() == datetime(2025, 11, 29, 12, tzinfo=UTC)
    assert not list(tmp_path.glob("*.part"))


def test_late_verdicts_of_a_day_get_a_second_parquet_file(tmp_path: Path, around: Around) -> None:
    """They waited in the spool; the first file stays as it is."""
    pytest.importorskip("pyarrow")
    for seq in (1, 2):
        sink = _sink(tmp_path, around, format="parquet")
        sink.send([_delivery(seq)])
        sink.send(())
        sink.close()

    assert sorted(each.name for each in tmp_path.iterdir()) == [
        "station-1-2025-11-29-2.parquet", "station-1-2025-11-29.parquet",
    ]  # fmt: skip


def test_a_name_of_a_station_is_no_path(tmp_path: Path) -> None:
    """It is free text."""
    sink = _sink(tmp_path, Around("plant", "../a/b"))
    sink.send([_delivery(1)])
    sink.close()

    assert [each.name for each in tmp_path.iterdir()] == ["___a_b-2025-11-29.csv"]


@pytest.mark.parametrize("shifts", ["", "25:00", "six"])
def test_starts_of_shifts_are_times(tmp_path: Path, shifts: str) -> None:
    """A fault of the settings shows before the start."""
    with pytest.raises(ValidationError):
        JournalSettings(folder=tmp_path, shifts=shifts)
