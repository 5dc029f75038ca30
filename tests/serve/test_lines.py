"""`okng run`: whole stations in one process, with and without a page."""

import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from okng.cli.main import app
from okng.connect.station_file import read_station_file
from okng.records import Records
from okng.records.queries import InspectionFilter
from okng.testing import BrightnessSession, grey_photo
from okng.testing.line.sources import until


def station_file(folder: Path, model: Path, name: str, *, page: bool = False) -> Path:
    """A station with a hot folder; `until = "empty"` without a page."""
    (folder / name / "incoming").mkdir(parents=True)
    ends = "stopped" if page else "empty"
    server = "[server]\nno_auth = true\nport = 0\n" if page else ""
    path = folder / f"{name}.toml"
    path.write_text(
        f'[station]\nname = "{name}"\nfolder = "{folder / name / "data"}"\n'
        f'[models]\nfiles = ["{model}"]\n{server}[[sources]]\nkind = "folder"\n'
        f'path = "{folder / name / "incoming"}"\nuntil = "{ends}"\n'
    )
    return path


def verdicts(folder: Path) -> list[tuple[str, str]]:
    """Station and verdict of all inspections of a station."""
    with Records(folder / "data/records.sqlite") as records:
        return sorted((r.station, r.verdict) for r in records.page(InspectionFilter()).rows)


def test_several_stations_run_in_one_process(
    tmp_path: Path, exported: Path, session: BrightnessSession
) -> None:
    """Each with folder, chain and records of its own; they end where nothing is left."""
    files = [station_file(tmp_path, exported, name) for name in ("cell-1", "cell-2")]
    (tmp_path / "cell-1/incoming/a.png").write_bytes(grey_photo(20))
    (tmp_path / "cell-2/incoming/a.png").write_bytes(grey_photo(200))
    result = CliRunner().invoke(app, ["run", *map(str, files)])

    assert result.exit_code == 0, result.output
    assert "Station cell-1 runs" in result.output
    assert verdicts(tmp_path / "cell-1") == [("cell-1", "OK")]
    assert verdicts(tmp_path / "cell-2") == [("cell-2", "NG")]


def asked_while_it_runs(path: Path, ask: Callable[[str], str]) -> str:
    """What a person gets who asks the page of a station, and ends `okng run` with SIGTERM."""
    command = [sys.executable, "-m", "okng", "run", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            seen = ask(process.stdout.readline().split()[-1])
            process.terminate()
            assert process.wait(60) == 0
        finally:
            process.kill()
    return seen


def text_at(url: str) -> str:
    """The body of an answer."""
    with urllib.request.urlopen(url) as answer:  # noqa: S310 - of this machine
        return str(answer.read().decode())


def test_page_is_beside_the_line(tmp_path: Path, exported: Path) -> None:
    """It shows what the folder gave, and both end at a signal in good order."""
    incoming = tmp_path / "cell-1/incoming"

    def ask(address: str) -> str:
        (incoming / "a.png").write_bytes(grey_photo(200))
        until(lambda: list(incoming.glob("*/a.png")))
        return text_at(f"{address}/api/v1/inspections")

    seen = asked_while_it_runs(station_file(tmp_path, exported, "cell-1", page=True), ask)
    (judged,) = incoming.glob("*/a.png")

    assert f'"verdict":"{judged.parent.name.upper()}"' in seen
    assert "source:folder" in seen


def test_metrics_of_the_page_have_the_sinks_of_the_line(tmp_path: Path, exported: Path) -> None:
    """By the name of each sink in the file of the station."""
    path = station_file(tmp_path, exported, "cell-1", page=True)
    sink = f'[[sinks]]\nkind = "journal"\nname = "notes"\nfolder = "{tmp_path / "notes"}"\n'
    path.write_text(path.read_text() + sink)
    seen = asked_while_it_runs(path, lambda address: text_at(f"{address}/metrics"))

    assert 'okng_sink_up{kind="journal",sink="notes"}' in seen


def test_check_prints_all_that_is_found(
    tmp_path: Path, exported: Path, session: BrightnessSession
) -> None:
    """With exit code 2 where something is wrong, 0 where all is well; nothing is made."""
    file = station_file(tmp_path, exported, "cell-1", page=True)
    well = CliRunner().invoke(app, ["run", "--check", str(file)])
    (tmp_path / "cell-1/incoming").rmdir()
    ill = CliRunner().invoke(app, ["run", "--check", str(file)])

    assert (well.exit_code, ill.exit_code) == (0, 2)
    assert "All is as it must be" in well.output
    assert "There is no such folder" in ill.output
    assert "next: Make it" in ill.output
    assert not (tmp_path / "cell-1/data").exists()


def test_init_writes_what_run_reads(
    tmp_path: Path, exported: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What nobody could ask for is left to be filled in, and a second call changes nothing."""
    monkeypatch.chdir(tmp_path)
    arguments = ["init", "station", "--model", str(exported), "--name", "cell-7"]
    first = CliRunner().invoke(app, arguments)
    second = CliRunner().invoke(app, arguments)
    read = read_station_file(tmp_path / "station.toml")

    assert (first.exit_code, second.exit_code) == (0, 5)
    assert read.settings.station.name == "cell-7"
    assert read.sources[0].kind == "folder"


def test_init_names_the_kinds_that_there_are(tmp_path: Path) -> None:
    """Where one is asked for that is not there."""
    file = tmp_path / "station.toml"
    result = CliRunner().invoke(app, ["init", "station", str(file), "--source", "floder"])

    assert result.exit_code == 2
    assert "there is no kind 'floder'; there are: bucket, camera, folder, mqtt" in result.output
    assert not file.exists()
