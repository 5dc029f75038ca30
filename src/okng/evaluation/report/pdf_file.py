"""`report.pdf`, made by LibreOffice or a browser where one is installed."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from okng.error_codes import Code
from okng.errors import ConfigError, OkngError
from okng.runs.layout import RunFolder

OFFICES = ("soffice", "libreoffice")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
_QUIET_BROWSER = (
    "headless", "disable-gpu", "disable-quic", "no-first-run", "no-pdf-header-footer",
    "disable-background-networking", "disable-component-update", "disable-sync",
)  # fmt: skip
"""Nothing is fetched: the page has no address outside of it, and the browser asks for none."""
_SECONDS = 120  # a first start of LibreOffice on a busy machine takes half a minute


def check_pdf(wanted: bool) -> None:
    """Refuse a report.pdf that nothing here can make, before an hour of training.

    Raises:
        ConfigError: neither LibreOffice nor a browser is on the path.
    """
    if wanted and _program() is None:
        raise ConfigError(
            "Nothing here can make a PDF of the report",
            where="`report.pdf`",
            allowed=f"one of {', '.join((*OFFICES, *BROWSERS))} on the path",
            hint="Install LibreOffice, or print report.html from a browser.",
            code=Code.LIBRARY_MISSING,
        )


def write_pdf(folder: Path) -> Path:
    """Make `report.pdf` of a folder that holds `report.docx` and `report.html`.

    Raises:
        ConfigError: neither LibreOffice nor a browser is on the path.
        OkngError: the program failed, or took longer than two minutes.
    """
    check_pdf(True)
    with tempfile.TemporaryDirectory(prefix="okng-pdf-") as scratch:
        made = RunFolder(scratch).report_pdf
        try:
            subprocess.run(  # noqa: S603 - the program comes from a fixed list of names
                _command(folder, Path(scratch)),
                check=True,
                timeout=_SECONDS,
                stdin=subprocess.DEVNULL,
                capture_output=True,
            )
        except (OSError, subprocess.SubprocessError) as exc:
            raise _failed(folder, str(exc)) from exc
        if not made.is_file():
            raise _failed(folder, "no file came of it")
        shutil.copyfile(made, folder / made.name)
    return folder / made.name


def _program() -> tuple[str, str] | None:
    """Name and path of the first program that is there; offices come first."""
    paths = ((name, shutil.which(name)) for name in (*OFFICES, *BROWSERS))
    return next(((name, path) for name, path in paths if path), None)


def _command(folder: Path, scratch: Path) -> list[str]:
    name, path = _program() or ("", "")
    profile = scratch / "profile"  # the user's own stays untouched, and may be in use
    if name in OFFICES:
        return [path, *_options("headless"), f"-env:UserInstallation={profile.as_uri()}",
                *_options("convert-to"), "pdf", *_options("outdir"), str(scratch),
                str(RunFolder(folder).report_docx.resolve())]  # fmt: skip
    page = RunFolder(folder).report.resolve().as_uri()
    root = _options("no-sandbox") if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return [path, *_options(*_QUIET_BROWSER), *root,
            *_options(f"user-data-dir={profile}", f"print-to-pdf={RunFolder(scratch).report_pdf}"),
            page]  # fmt: skip


def _options(*names: str) -> list[str]:
    return [f"--{name}" for name in names]


def _failed(folder: Path, reason: str) -> OkngError:
    return OkngError(
        f"report.pdf cannot be made: {reason}",
        where=folder,
        hint="report.docx and report.html are there: print one of them.",
    )
