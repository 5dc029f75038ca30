"""Errors say what, where, what was allowed, and the next step."""

import pickle

from okng.cli.exits import EXIT_CODES, exit_code
from okng.errors import ConfigError, DatasetError, ModelFileError, OkngError, PhotoError


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

    assert (type(error), error.what, error.where) == (PhotoError, "Broken", "a.jpg")


def test_gathered_faults_are_all_named() -> None:
    """Several faults end in one error."""
    error = ConfigError.gather(["a is wrong", "b is unknown"], where="okng.toml", hint="Repair.")

    assert "2 settings" in error.message
    assert "a is wrong" in error.message
    assert "b is unknown" in error.message


def test_exit_code_follows_the_tree() -> None:
    """A class without a code of its own takes that of its parent."""
    found = [exit_code(cls("")) for cls in (ConfigError, PhotoError, ModelFileError, OkngError)]

    assert found == [2, 3, 4, 5]
    assert OkngError in EXIT_CODES
