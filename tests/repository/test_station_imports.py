"""A station starts on its own install: nothing that only training and evaluation install."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STATION = ("serve", "postgres", "client", "line", "otel", "lambda", "aws")
WORKSHOP = ("audit", "evaluate", "train", "mlflow", "tensorboard", "demo")
_BLOCKED = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {names!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Missing())
import {module}
"""


def _packages(extras: tuple[str, ...]) -> set[str]:
    """Names of the packages that extras ask for, as pip compares them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = [each for extra in extras for each in project["optional-dependencies"][extra]]
    asked += project["dependencies"] if extras is STATION else []
    return {_canonical(re.split(r"[\[<>=~! ]", each)[0]) for each in asked}


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.fixture(scope="module")
def missing() -> set[str]:
    """Modules that a station does not install."""
    packages = _packages(WORKSHOP) - _packages(STATION)
    found = {
        module
        for module, names in packages_distributions().items()
        if {_canonical(name) for name in names} & packages
    }
    assert {"torch", "scipy", "pandas", "matplotlib", "sklearn"} <= found
    return found


@pytest.mark.parametrize(
    "module",
    ["okng.serve.running", "okng.serve.lines", "okng.station", "okng.records", "okng.client",
     "okng.connect.station_file", "okng.cli.commands.watch", "okng.cli.commands.records"],
)  # fmt: skip
def test_a_station_needs_nothing_of_the_workshop(module: str, missing: set[str]) -> None:
    """SciPy, pandas and matplotlib take 240 MB of memory, and 330 MB of an image."""
    code = _BLOCKED.format(names=missing, module=module)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False
    )

    assert done.returncode == 0, done.stderr[-1500:]
