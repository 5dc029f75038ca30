"""What `import okng` gives, and what it does not load."""

import subprocess
import sys
import tomllib
from pathlib import Path

import okng


def test_every_public_name_is_there() -> None:
    """The listed names exist."""
    missing = [name for name in okng.__all__ if not hasattr(okng, name)]

    assert len(okng.__all__) > 5
    assert missing == []


def test_train_stays_a_function() -> None:
    """Importing the package of that name does not hide the function."""
    import okng.training.networks.architecture  # noqa: PLC0415

    assert callable(okng.train)


def test_import_and_prediction_load_no_torch() -> None:
    """The line runs without the training stack."""
    code = (
        "import okng, sys; okng.Inspector; import okng.cli.main, okng.evaluate, okng.audit; "
        "print([m for m in ('torch', 'lightning', 'timm') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert found.stdout.strip() == "[]"


def test_version_is_that_of_the_project() -> None:
    """The package and its project file agree."""
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())

    assert okng.__version__ == project["project"]["version"]
