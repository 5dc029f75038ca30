"""Every verb that takes a model file takes the folder of a run, too."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from okng.cli.main import app
from okng.commands.train import Run
from okng.errors import ModelFileError
from okng.inference import Inspector
from okng.modelfile import loaded, located


def test_folder_of_a_run_stands_for_its_model_file(run: Run, photos: Path) -> None:
    """In Python and on the command line alike."""
    photo = next(photos.rglob("*.jpg"))

    assert located(run.folder) == run.model_file
    assert located(run.model_file) == run.model_file
    assert Inspector(run.folder).digest == Inspector(run.model_file).digest
    assert CliRunner().invoke(app, ["info", str(run.folder)]).exit_code == 0
    assert CliRunner().invoke(app, ["predict", str(run.folder), str(photo)]).exit_code == 0


def test_folder_of_runs_names_them(run: Run) -> None:
    """The folder above is a likely slip."""
    with pytest.raises(ModelFileError, match="contains no model file") as caught:
        located(run.folder.parent)

    assert str(run.folder) in caught.value.message


def test_file_that_is_not_there_is_left_to_the_reader(tmp_path: Path) -> None:
    """It names the reason better."""
    assert located(tmp_path / "none.onnx") == tmp_path / "none.onnx"


def test_file_that_was_read_is_not_read_again(own: Path) -> None:
    """It may be gone by then."""
    file = loaded(own)
    own.unlink()

    assert loaded(file) is file
