"""Facts about the repository that are easy to forget."""

import importlib.util
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


def _split_lock() -> object:
    spec = importlib.util.spec_from_file_location("split_lock", ROOT / "scripts" / "split_lock.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_locked_requirement_has_hashes() -> None:
    """Nothing is installed that was not looked at."""
    assert len(LOCKS) == 7
    for lock in LOCKS:
        blocks = _split_lock().blocks(lock.read_text())  # type: ignore[attr-defined]
        assert blocks
        assert [b.split()[0] for b in blocks if "--hash=sha256:" not in b] == []


def test_locks_name_no_index() -> None:
    """No address stands in them."""
    for lock in LOCKS:
        assert not re.search(r"https?://|--index|--find-links", lock.read_text())


def test_base_requirements_have_no_training_stack() -> None:
    """The line stays light."""
    names = {b.split("=")[0] for b in _split_lock().blocks(LOCKS[0].read_text())}  # type: ignore[attr-defined]

    assert "onnxruntime" in names
    assert not names & {"torch", "lightning", "timm", "pandas", "scikit-learn", "matplotlib"}


def test_torch_from_its_own_index_leaves_out_gpu_libraries() -> None:
    """With TORCH_BACKEND, the rest of the lock has no torch, nor what only GPUs want."""
    pins, rest = _split_lock().split((ROOT / "requirements" / "dev.txt").read_text())  # type: ignore[attr-defined]

    assert [pin.split("==")[0] for pin in pins] == ["torch", "torchvision"]
    assert not re.search(
        r"^(torch|torchvision|triton|(nvidia|cuda)-[a-z0-9-]+)==", rest, re.MULTILINE
    )
    assert "\ntimm==" in rest


def test_help_of_make_lists_every_target() -> None:
    """A target without help is a secret."""
    text = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):", text, flags=re.MULTILINE))
    listed = subprocess.run(
        ["make", "--no-print-directory", "help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert {"demo", "test", "lint", "types", "contracts", "docs", "lock"} <= targets
    assert {line.split()[0] for line in listed.stdout.splitlines()} == targets


def test_extras_are_those_of_the_design() -> None:
    """Base has none of them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert {"train", "serve", "openvino", "demo"} <= set(project["optional-dependencies"])
    assert not [d for d in project["dependencies"] if d.startswith("torch")]


@pytest.mark.parametrize("command", ["make demo", "make test"])
def test_readme_names_the_two_commands(command: str) -> None:
    """What a newcomer needs first."""
    assert command in (ROOT / "README.md").read_text()
