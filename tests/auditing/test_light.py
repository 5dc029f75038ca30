"""The audit needs no torch, and without its extra it does what it can."""

import json
import subprocess
import sys
from pathlib import Path

from okng.testing import write_folder

TRAINING = ("torch", "torchvision", "timm", "lightning", "onnxscript")
EXTRA = ("cv2", "faiss", "sklearn", "cleanlab", "scipy", "jinja2", "pandas", "matplotlib",
         "threadpoolctl")  # fmt: skip
CODE = """
from importlib.machinery import PathFinder
found = PathFinder.find_spec
PathFinder.find_spec = classmethod(
    lambda cls, name, *rest: None if name.split(".")[0] in {absent!r} else found(name, *rest)
)
from okng.cli.main import app
app({arguments!r}, standalone_mode=False)
"""


def audited(absent: tuple[str, ...], *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run `okng audit` where some packages are missing."""
    words = ["audit", *map(str, arguments)]
    code = CODE.format(absent=absent, arguments=words)
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False
    )


def test_audit_needs_no_torch(tmp_path: Path) -> None:
    """Near-duplicates included; only the check that wants a network is left out."""
    root = write_folder(tmp_path / "p", good=6, defective=6, size=48)
    done = audited(TRAINING, root, "--json", "--quiet", "--no-cache", "--out", tmp_path / "a")

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["near_duplicates"] == []
    assert (tmp_path / "a" / "audit.html").exists()


def test_base_install_checks_what_it_can(tmp_path: Path) -> None:
    """Digests, forms, exposure; the rest is listed, and the page is left out."""
    root = write_folder(tmp_path / "p", good=6, defective=6, size=48)
    original = min((root / "ok").iterdir())
    (root / "ok" / "copy.jpg").write_bytes(original.read_bytes())
    done = audited((*TRAINING, *EXTRA), root, "--out", tmp_path / "a")
    document = json.loads((tmp_path / "a" / "audit.json").read_text())

    assert done.returncode == 0, done.stderr
    assert "Not checked: near duplicates (needs `pip install 'okng[audit]'`" in done.stdout
    assert "audit.html is left out" in done.stderr
    assert len(document["exact_duplicates"]) == 1
    assert {"formats", "exposure", "drift"} <= set(document["summary"]["checked"])
