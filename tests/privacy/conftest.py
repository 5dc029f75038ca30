"""A process that is watched: nothing in it reaches a network, and every attempt is written down."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Watched = Callable[[str], list[str]]
_HIDES = {
    *("CI", "GITHUB_ACTIONS", "TF_BUILD", "JENKINS_URL", "XDG_CACHE_HOME", "PYTEST_CURRENT_TEST"),
    *("ORT_DISABLE_TELEMETRY", "HF_HUB_DISABLE_TELEMETRY", "MLFLOW_DISABLE_TELEMETRY"),
    "DO_NOT_TRACK",
}
"""Variables under which a library keeps quiet by itself, so that a test would see nothing."""


@pytest.fixture(scope="session")
def watch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library that stands between a process and the network."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        pytest.skip("watching native code needs Linux and a C compiler")
    library = tmp_path_factory.mktemp("watch") / "watch.so"
    source = Path(__file__).with_name("watch.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    return library


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home."""
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def watched(watch: Path, home: Path, tmp_path: Path) -> Watched:
    """Runs Python code in a process of its own and returns what it tried to reach."""

    def run(code: str) -> list[str]:
        log = tmp_path / "log.txt"
        own = {"LD_PRELOAD": str(watch), "WATCH_LOG": str(log), "HOME": str(home)}
        environment = {k: v for k, v in os.environ.items() if k not in _HIDES} | own
        subprocess.run([sys.executable, "-c", code], env=environment, check=True, timeout=300)
        return log.read_text(encoding="utf-8").splitlines() if log.exists() else []

    return run
