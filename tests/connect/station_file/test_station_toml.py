"""`station.toml` is read as a whole: every fault at once, with its place and its remedy."""

import tomllib
from pathlib import Path

import pytest

from okng.connect.contracts import Around
from okng.connect.sources.folder import After, FolderSettings
from okng.connect.station_file import Wanted, checked, read_station_file, station_template
from okng.connect.station_file.template import TO_FILL_IN
from okng.errors import ConfigError

SMALL = """
[station]
name = "cell-1"
[models]
files = ["inspector.onnx"]
[[sources]]
kind = "folder"
path = "incoming"
after = "leave"
deadline = "200ms"
"""


def file_of(folder: Path, text: str) -> Path:
    """A station.toml with this text."""
    path = folder / "station.toml"
    path.write_text(text)
    return path


def faults(folder: Path, text: str) -> str:
    """The message for a file that is not valid."""
    with pytest.raises(ConfigError) as caught:
        read_station_file(file_of(folder, text))
    return caught.value.message


def test_small_file_is_a_station(tmp_path: Path) -> None:
    """Models, one source, no page; what is left out has its default."""
    read = read_station_file(file_of(tmp_path, SMALL))

    (source,) = read.sources
    assert isinstance(source, FolderSettings)
    assert (source.after, source.deadline) == (After.LEAVE, 0.2)
    assert (read.settings.station.name, read.settings.station.site) == ("cell-1", "plant")
    assert not read.serves
    assert read.sinks == []


def test_followed_model_stands_in_for_files(tmp_path: Path) -> None:
    """A station may fetch its first model, too."""
    text = SMALL.replace('files = ["inspector.onnx"]', 'follow = "s3://models/current.json"')
    read = read_station_file(file_of(tmp_path, text))

    assert read.settings.models.files == ()
    assert read.settings.models.follow == "s3://models/current.json"


def test_table_server_asks_for_the_page(tmp_path: Path) -> None:
    """An empty one, too."""
    assert read_station_file(file_of(tmp_path, SMALL + "[server]\n")).serves


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    """Each with its place; who repairs them starts the station once."""
    message = faults(
        tmp_path,
        """
        [station]
        nam = "x"
        [line]
        flush_timeout = -1
        [[sources]]
        kind = "folder"
        after = "burn"
        pth = "incoming"
        [[sources]]
        kind = "floder"
        [[sources]]
        path = "x"
        """,
    )

    for part in (
        "station.nam is unknown; did you mean station.name",
        "line.flush_timeout",
        "sources 1 (folder): path is missing",
        "sources 1 (folder): pth is unknown; did you mean path",
        "sources 1 (folder): after",
        "sources 2: there is no kind 'floder'",
        "sources 3: kind is missing",
        "models.files: there is no model file",
    ):
        assert part in message


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[station", "not valid TOML"),
        ("sources = 3\n[models]\nfiles = ['m']", "write [[sources]]"),
        ("[models]\nfiles = ['m']", "sources: there is none"),
        (SMALL + SMALL[SMALL.index("[[sources]]") :], "2 have the name 'folder'"),
    ],
)
def test_file_that_is_no_station_is_refused(tmp_path: Path, text: str, fault: str) -> None:
    """With what is wrong with it."""
    assert fault in faults(tmp_path, text)


def test_file_that_is_not_there_names_the_command_that_writes_it(tmp_path: Path) -> None:
    """No traceback."""
    with pytest.raises(ConfigError, match="okng init station"):
        read_station_file(tmp_path / "nowhere.toml")


def test_template_is_a_whole_file(tmp_path: Path) -> None:
    """What is given is set, all else stands there as a comment with its meaning."""
    wanted = Wanted(FolderSettings, {"path": str(tmp_path)})
    text = station_template({"models": {"files": [Path("m.onnx")]}}, [wanted], [], serves=True)
    read = read_station_file(file_of(tmp_path, text))

    assert read.sources == [FolderSettings(path=tmp_path)]
    assert read.settings.models.files == (Path("m.onnx"),)
    assert read.serves
    for name, field in FolderSettings.model_fields.items():
        assert f"{name} =" in text
        assert (field.description or "")[:40] in text


def test_defaults_of_the_template_are_valid(tmp_path: Path) -> None:
    """Whoever takes a # away gets the same station."""
    wanted = Wanted(FolderSettings, {"path": str(tmp_path)})
    text = station_template({"models": {"files": ["m.onnx"]}}, [wanted], [], serves=True)
    settings = [line for line in text.splitlines() if " = " in line and line.startswith("# ")]
    bare = "\n".join(line[2:] if line in settings else line for line in text.splitlines())

    assert len(settings) > 30
    assert tomllib.loads(bare)
    assert read_station_file(file_of(tmp_path, bare)).sources == [FolderSettings(path=tmp_path)]


def test_what_only_the_user_has_is_to_be_filled_in(tmp_path: Path) -> None:
    """It is seen at the check, not at night."""
    text = station_template({}, [Wanted(FolderSettings)], [], serves=False)

    assert f'path = "{TO_FILL_IN}"' in text
    assert "[server]" not in text


def test_check_looks_at_everything(tmp_path: Path, exported: Path) -> None:
    """A fault of one does not hide that of another; nothing is made or moved."""
    text = f"""
    [station]
    folder = "{tmp_path / "station"}"
    [models]
    files = ["{exported}", "{tmp_path / "missing.onnx"}"]
    [[sources]]
    kind = "folder"
    path = "{tmp_path}"
    [[sources]]
    kind = "folder"
    name = "second"
    path = "{tmp_path / "nowhere"}"
    """
    before = sorted(tmp_path.iterdir())
    match = {each.subject: each for each in checked(read_station_file(file_of(tmp_path, text)))}

    assert [subject for subject, each in match.items() if each.fault] == [
        "models", "source second"
    ]  # fmt: skip
    assert match["source folder"].findings[0].value == str(tmp_path)
    assert match["records"].findings
    assert sorted(tmp_path.iterdir()) == [*before, tmp_path / "station.toml"]


def test_check_of_a_third_party_may_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error in it is a finding, not the end of the check."""

    def fail(_self: FolderSettings, _around: Around) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(FolderSettings, "check", fail)
    match = list(checked(read_station_file(file_of(tmp_path, SMALL))))

    assert "ZeroDivisionError" in str(match[-1].fault)
