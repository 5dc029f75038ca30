"""Short flags for parts with a direction."""

import pytest

from okng.cli.train import _with_aliases
from okng.errors import ConfigError


def test_short_flags_stand_for_settings() -> None:
    """Nothing is turned or mirrored; other settings stay."""
    given = _with_aliases({"epochs": 3}, no_rotate=True, no_flips=True)

    assert given == {"epochs": 3, "rotation": 0.0, "flips": "none"}
    assert _with_aliases({"epochs": 3}, no_rotate=False, no_flips=False) == {"epochs": 3}


def test_short_flag_beside_its_setting_is_refused() -> None:
    """Nobody has to guess which one wins."""
    with pytest.raises(ConfigError, match="--no-rotate and --rotation"):
        _with_aliases({"rotation": 30.0}, no_rotate=True, no_flips=False)
