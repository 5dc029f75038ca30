"""What is in an image: its size, its list of packages, the texts of their licences."""

import json
import re
import subprocess
from pathlib import Path
from typing import NamedTuple

MOST_MB, GOAL_MB = 500, 350
"""Bar and goal of issue 23, with the base."""
BASE_MB = 130
"""Taken for python:3.11-slim-bookworm where this machine's programs stand for it."""
SBOM = Path("opt/okng/share/okng/sbom.cdx.json")
LICENCES = Path("opt/okng/share/okng/licences.txt")
REFUSED = ("AGPL", "GPLv", "GNU General Public")
FREE = ("LGPL", "Lesser")


class Package(NamedTuple):
    """One package of a list.

    Attributes:
        name: with dashes, in lower case.
        version: of it.
        text: of its licence; empty if there is none.
        licence: name of the licence.
    """

    name: str
    version: str
    licence: str = ""
    text: str = ""


def plain(name: str) -> str:
    """A name as PyPI compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def megabytes(folder: Path) -> float:
    """What a folder takes on a disk, in MB of 10^6 bytes."""
    done = subprocess.run(["du", "-s", "--block-size=1", folder], check=True, text=True,
                          capture_output=True)  # fmt: skip
    return int(done.stdout.split()[0]) / 1e6


def listed(root: Path) -> set[Package]:
    """The packages of the CycloneDX file."""
    bom = json.loads((root / SBOM).read_text("utf-8"))
    return {Package(plain(each["name"]), each["version"]) for each in bom["components"]}


def installed(root: Path) -> set[Package]:
    """The packages that lie in the environment."""
    folders = (root / "opt/okng/lib").glob("python*/site-packages/*.dist-info")
    names = [folder.name.removesuffix(".dist-info").rsplit("-", 1) for folder in folders]
    return {Package(plain(name), version) for name, version in names}


def licences(root: Path) -> list[Package]:
    """The packages of the file of licences."""
    found = entries((root / LICENCES).read_text("utf-8"))
    return [Package(plain(name), version, licence, text.strip())
            for name, version, licence, text in found]  # fmt: skip


def entries(text: str) -> list[tuple[str, str, str, str]]:
    """Name, version, name of the licence and text, of each entry of pip-licenses' plain form."""
    # an entry begins with name and version, each alone on its line, after an empty one
    head = re.compile(r"(?:\A|\n\n)([A-Za-z0-9._-]+)\n(\d[\w.+!-]*)\n([^\n]*)\n")
    found = list(head.finditer(text))
    ends = [match.start() for match in found[1:]] + [len(text)]
    return [
        (match[1], match[2], match[3], text[match.end() : end])
        for match, end in zip(found, ends, strict=True)
    ]


def faults(root: Path) -> list[str]:
    """What is wrong with list and licences; nothing if all is well."""
    there, named = installed(root), licences(root)
    own = {each for each in there if each.name == "okng"}
    result = [f"not in the list of packages: {each.name}" for each in there - listed(root) - own]
    missing = {each.name for each in there} - {each.name for each in named}
    result += [f"no entry among licences: {name}" for name in missing]
    # the wheel of flatbuffers has no text; that of Apache 2.0 is there, since it is okng's own
    result += [f"no text of the licence: {each.name}" for each in named
               if len(each.text) < 100 and not each.licence.startswith("Apache")]  # fmt: skip
    result += [f"{each.name}: {each.licence}" for each in named
               if any(word in each.licence for word in REFUSED)
               and not any(word in each.licence for word in FREE)]  # fmt: skip
    if any(each.name in {"torch", "torchvision"} for each in there):
        result.append("torch is in the image")
    return sorted(result)
