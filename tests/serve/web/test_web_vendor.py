"""Files of others in the package are those of their authors, with their licences."""

import hashlib
from pathlib import Path

import okng

VENDOR = Path(okng.__file__).parent / "serve" / "web" / "static" / "vendor"
OWN = {"README.txt", "SHA256SUMS"}


def test_files_of_others_are_unchanged() -> None:
    """Each has the digest that was written down when it was taken from the registry."""
    lines = (VENDOR / "SHA256SUMS").read_text().splitlines()
    expected = {name: digest for digest, name in (line.split() for line in lines)}
    actual = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.iterdir()
        if path.name not in OWN
    }

    assert actual == expected


def test_files_of_others_have_their_licence() -> None:
    """Both htmx and uPlot come with the text that allows to hand them on."""
    assert "Zero-Clause BSD" in (VENDOR / "htmx.LICENSE.txt").read_text()
    assert "Permission is hereby granted" in (VENDOR / "uPlot.LICENSE.txt").read_text()
