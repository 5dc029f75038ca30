"""`okng.evaluation` gives its names when they are used, and costs a station nothing."""

import subprocess
import sys

import pytest

import okng.evaluation

_HEAVY = ("matplotlib", "pandas", "scipy", "sklearn", "torch")


@pytest.mark.parametrize("name", okng.evaluation.__all__)
def test_name_of_the_evaluation_is_what_its_module_calls_so(name: str) -> None:
    """Classes and functions, and no module of the same name."""
    value = getattr(okng.evaluation, name)

    assert callable(value)
    assert value.__name__ == name


def test_other_name_of_the_evaluation_is_an_error() -> None:
    """As of any module."""
    with pytest.raises(AttributeError, match="has no attribute 'mesure'"):
        getattr(okng.evaluation, "mesure")  # noqa: B009


@pytest.mark.parametrize("module", ["okng.serve.running", "okng.serve.lines"])
def test_station_starts_without_what_draws_and_fits(module: str) -> None:
    """Seconds of its start: it imports them when a chart or a proposal is asked for."""
    code = f"import sys, {module}; print([name for name in {_HEAVY} if name in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert shown.stdout.strip() == "[]"
