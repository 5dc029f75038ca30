"""`--pdf` leaves a report.pdf, by whatever program is there, or says in time that none is."""

import stat
from pathlib import Path

import pytest

from okng.errors import ConfigError, OkngError
from okng.evaluation.report.pdf_file import check_pdf, write_pdf

OFFICE = '#!/bin/sh\nwhile [ $# -gt 1 ]; do [ "$1" = --outdir ] && out=$2; shift; done\n'
BROWSER = '#!/bin/sh\nfor a in "$@"; do case $a in --print-to-pdf=*) out=${a#*=};; esac; done\n'


def _program(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_text(script)
    file.chmod(file.stat().st_mode | stat.S_IXUSR)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on the path, empty, beside that of the shell."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return tmp_path / "bin"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the two documents."""
    run = tmp_path / "run"
    run.mkdir()
    (run / "report.docx").write_bytes(b"docx")
    (run / "report.html").write_text("<p>html</p>")
    return run


def test_office_comes_before_a_browser(programs: Path, folder: Path) -> None:
    """The document that is signed is the one that is printed."""
    _program(programs, "chromium", BROWSER + 'echo browser > "$out"\n')
    _program(programs, "soffice", OFFICE + 'echo office > "$out/report.pdf"\n')

    assert write_pdf(folder).read_text() == "office\n"


def test_browser_prints_where_no_office_is(programs: Path, folder: Path) -> None:
    """With a profile of its own."""
    _program(programs, "chromium", BROWSER + 'echo browser > "$out"\n')

    assert write_pdf(folder).read_text() == "browser\n"
    assert sorted(p.name for p in folder.iterdir()) == ["report.docx", "report.html", "report.pdf"]


@pytest.mark.parametrize("script", ["#!/bin/sh\nexit 3\n", "#!/bin/sh\nexit 0\n"])
def test_program_that_fails_is_one_sentence(programs: Path, folder: Path, script: str) -> None:
    """Its exit code, or that no file came of it; the other documents are named."""
    _program(programs, "soffice", script)

    with pytest.raises(OkngError, match=r"report\.pdf cannot be made") as caught:
        write_pdf(folder)
    assert "report.docx" in caught.value.message


@pytest.mark.usefixtures("programs")
def test_nothing_that_prints_is_told_before_the_training() -> None:
    """Not after an hour; and only where it is asked for."""
    check_pdf(wanted=False)
    with pytest.raises(ConfigError, match="Nothing here can make"):
        check_pdf(wanted=True)
