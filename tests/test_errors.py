"""Errors say what, where, what was allowed, and the next step."""

import pickle
from pathlib import Path

import okng
from okng.error_codes import Code
from okng.errors import (
    OUTCOMES,
    ConfigError,
    DatasetError,
    ModelFileError,
    OkngError,
    Outcome,
    PhotoError,
    PhotoFault,
    RunBusyError,
    TrainingError,
    outcome,
)


def test_message_has_all_aspects() -> None:
    """Each aspect that is known stands on a line of its own."""
    error = DatasetError("Nothing there", where="photos/", allowed="a folder", hint="Look again.")

    assert str(error) == (
        "Nothing there\n  where: photos/\n  allowed: a folder\n  next: Look again."
    )


def test_message_leaves_out_what_is_unknown() -> None:
    """A short error is one line."""
    assert str(OkngError("Broken")) == "Broken"


def test_errors_cross_process_boundaries() -> None:
    """Class and parts survive pickling."""
    error = pickle.loads(pickle.dumps(PhotoError("Broken", where="a.jpg")))  # noqa: S301
    other = pickle.loads(pickle.dumps(OkngError("Full", code=Code.DISK_FULL)))  # noqa: S301

    assert (type(error), error.what, error.where) == (PhotoError, "Broken", "a.jpg")
    assert other.code is Code.DISK_FULL


def test_gathered_faults_are_all_named() -> None:
    """Several faults end in one error."""
    error = ConfigError.gather(["a is wrong", "b is unknown"], where="okng.toml", hint="Repair.")

    assert "2 settings" in error.message
    assert "a is wrong" in error.message
    assert "b is unknown" in error.message


def test_exit_code_follows_the_tree() -> None:
    """A class without a code of its own takes that of its parent."""
    found = [outcome(cls) for cls in (ConfigError, PhotoError, ModelFileError, TrainingError)]

    assert found == [Outcome(2, 400), Outcome(3, 422), Outcome(4, 503), Outcome(5, 500)]
    assert outcome(RunBusyError) == Outcome(5, 409)
    assert OkngError in OUTCOMES


def test_error_has_the_code_of_its_class_or_its_own() -> None:
    """A photo has the code of its kind of fault."""
    assert DatasetError("None").code is Code.PHOTOS_UNUSABLE
    assert DatasetError("None", code=Code.PHOTOS_NONE).code is Code.PHOTOS_NONE
    assert [PhotoError("", fault=f).code for f in PhotoFault if f is PhotoFault.NO_PHOTO] == [
        "photo.no-photo"
    ]


def test_every_code_is_in_use() -> None:
    """No code is listed for nobody: each is raised somewhere, or belongs to a kind of fault."""
    source = Path(okng.__file__).parent
    text = "".join(p.read_text("utf-8") for p in source.rglob("*.py") if p.name != "error_codes.py")
    faults = {PhotoError("", fault=fault).code for fault in PhotoFault}

    unused = [code for code in Code if f"Code.{code.name}" not in text and code not in faults]

    assert unused == []
