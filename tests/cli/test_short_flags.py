"""Short flags for what training shall not vary."""

import pytest

from okng.cli.commands.train import _SHORT, _with_aliases
from okng.config import AugmentSettings
from okng.errors import ConfigError


def test_short_flags_stand_for_settings() -> None:
    """Nothing is turned or mirrored; other settings stay."""
    given = _with_aliases({"epochs": 3}, {"--no-rotate": True, "--no-flips": True})

    assert given == {"epochs": 3, "rotation": 0.0, "flips": "none"}
    assert _with_aliases({"epochs": 3}, {"--no-rotate": False}) == {"epochs": 3}


@pytest.mark.parametrize("flag", _SHORT)
def test_short_flags_switch_off_what_is_on(flag: str) -> None:
    """Each names settings that exist, and changes them."""
    plain, changed = AugmentSettings(), AugmentSettings(**_with_aliases({}, {flag: True}))

    assert all(getattr(plain, name) != getattr(changed, name) for name in _SHORT[flag])


@pytest.mark.parametrize(
    ("flag", "name", "told"),
    [
        ("--no-rotate", "rotation", "--no-rotate and --rotation"),
        ("--no-relight", "side_light", "--no-relight and --side-light"),
    ],
)
def test_short_flag_beside_its_setting_is_refused(flag: str, name: str, told: str) -> None:
    """Nobody has to guess which one wins."""
    with pytest.raises(ConfigError, match=told):
        _with_aliases({name: 0.3}, {flag: True})
