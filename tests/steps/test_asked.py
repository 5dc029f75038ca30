"""Settings of an evaluation come from arguments and from the environment."""

import pytest

from okng.errors import ConfigError
from okng.steps.evaluating.task import read_asked


def test_argument_wins_over_the_environment() -> None:
    """As for every other command."""
    env = {"OKNG_OPERATING_POINT__THRESHOLD": "0.3", "OKNG_REPORT__TITLE": "Castings"}
    asked = read_asked({"threshold": 0.4}, env)

    assert asked.policy is not None
    assert asked.policy.threshold == 0.4
    assert asked.settings.report.title == "Castings"


def test_without_a_setting_the_model_keeps_its_operating_point() -> None:
    """A title, a language or the class of good parts choose no threshold."""
    asked = read_asked({"title": "Castings"}, {"OKNG_DATA__OK": "gut", "HOME": "/root"})

    assert asked.policy is None
    assert asked.unfamiliar_limit(0.99) == 0.99
    assert asked.settings.data.ok == "gut"


def test_limit_of_unfamiliarity_alone_chooses_no_threshold() -> None:
    """It decides which photos go to a person; its text becomes a number."""
    asked = read_asked({}, {"OKNG_OPERATING_POINT__UNFAMILIAR_LIMIT": "0.9"})

    assert asked.policy is None
    assert asked.unfamiliar_limit(None) == 0.9


def test_variables_of_a_training_are_left_alone() -> None:
    """They may stand in the shell of a person who also trains, and even be wrong."""
    asked = read_asked({}, {"OKNG_TRAINING__EPOCHS": "many", "OKNG_DATA__IMAGE_SIZE": "7"})

    assert asked.names == frozenset()


def test_wrong_variable_is_named() -> None:
    """The reader has to learn that the value came from the environment."""
    with pytest.raises(ConfigError, match="OKNG_OPERATING_POINT__MAX_ESCAPE"):
        read_asked({}, {"OKNG_OPERATING_POINT__MAX_ESCAPE": "little"})


def test_setting_of_a_training_is_refused() -> None:
    """It would change nothing."""
    with pytest.raises(ConfigError, match="epochs is unknown"):
        read_asked({"epochs": 3}, {})
