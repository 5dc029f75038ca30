"""RunSettings: one place, refused early, all faults at once."""

from pathlib import Path

import pytest
from pydantic import Field

from okng import config
from okng.errors import ConfigError


def test_flags_win_over_the_file(tmp_path: Path) -> None:
    """A value given beside the file replaces that of the file, and only that."""
    file = tmp_path / "okng.toml"
    file.write_text("[training]\nepochs = 3\nseed = 9\n")

    training = config.load(file, {"epochs": 5}).training

    assert (training.epochs, training.seed) == (5, 9)


def test_written_settings_read_back_the_same(tmp_path: Path) -> None:
    """The commented file of a run holds every setting."""
    settings = config.resolve(config.load(None, {"model": "cnn", "ok": "good", "lr": 0.01}))
    file = tmp_path / "okng.toml"
    file.write_text(config.to_toml(settings))

    assert config.resolve(config.load(file)) == settings


def test_flags_win_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    """And the file over the default; text becomes what the setting is."""
    file = tmp_path / "okng.toml"
    file.write_text("[training]\nepochs = 3\nseed = 3\nbatch_size = 3\n")
    env = {"OKNG_TRAINING__EPOCHS": "4", "OKNG_TRAINING__SEED": "4", "OKNG_DATA__NO_NEAR": "true"}

    settings = config.load(file, {"epochs": 5}, env=env)

    training = settings.training
    assert (training.epochs, training.seed, training.batch_size, training.devices) == (5, 4, 3, 1)
    assert settings.data.no_near is True


def test_fault_of_a_variable_names_it() -> None:
    """The key alone would send its reader to the file."""
    with pytest.raises(ConfigError, match=r"training\.epochs[\s\S]*OKNG_TRAINING__EPOCHS"):
        config.load(None, env={"OKNG_TRAINING__EPOCHS": "many"})


def test_variables_that_name_nothing_are_known() -> None:
    """With the nearest that does; those of other programs, and okng's own marks, are no faults."""
    env = {"OKNG_TRAINING__EPOCH": "4", "OKNG_CACHE": "x", "OKNG_DATA__OK": "good", "EPOCHS": "4",
           "OKNG_SEED": "4", "OKNG_HOME": "/opt"}  # fmt: skip

    seed, epoch = config.unknown_variables(env)

    assert seed == "OKNG_SEED is unknown; did you mean OKNG_TRAINING__SEED?"
    assert epoch.startswith("OKNG_TRAINING__EPOCH is unknown; did you mean OKNG_TRAINING__EPO")


class Camera(config.Section):
    """A section of another tree of settings."""

    exposure_ms: float = Field(5.0, gt=0)


class Station(config.Section):
    """Another tree of settings."""

    camera: Camera = Camera()


def test_any_tree_of_settings_is_read_alike(tmp_path: Path) -> None:
    """File, variables and flags of a station; faults are named with the nearest key."""
    file = tmp_path / "station.toml"
    file.write_text("[camera]\nexposure_ms = 2\n")
    env = {"OKNG_CAMERA__EXPOSURE_MS": "3"}

    assert config.read_settings(Station, file, env={}, given={}).camera.exposure_ms == 2
    assert config.read_settings(Station, file, env=env, given={}).camera.exposure_ms == 3
    given = {"exposure_ms": 4}
    assert config.read_settings(Station, file, env=env, given=given).camera.exposure_ms == 4
    file.write_text("[camera]\nexposure = 2\n")
    with pytest.raises(ConfigError, match=r"did you mean camera\.exposure_ms"):
        config.read_settings(Station, file, env={}, given={})


def test_all_faults_are_in_one_error(tmp_path: Path) -> None:
    """Unknown keys and bad values are named together, with the nearest known key."""
    file = tmp_path / "okng.toml"
    file.write_text("[training]\nepoch = 3\nbatch_size = 0\n[optimizer]\nname = 'sgd'\n")

    with pytest.raises(ConfigError) as caught:
        config.load(file)

    message = caught.value.message
    assert "training.epoch is unknown; did you mean training.epochs" in message
    assert "training.batch_size" in message
    assert "optimizer is unknown" in message


@pytest.mark.parametrize("text", ["epochs = 3", "[training", "\x00"])
def test_files_that_are_no_settings_are_refused(tmp_path: Path, text: str) -> None:
    """A file of another kind ends in a clear error."""
    file = tmp_path / "okng.toml"
    file.write_text(text)

    with pytest.raises(ConfigError):
        config.load(file)


def test_missing_file_is_named(tmp_path: Path) -> None:
    """A config that is not there is an error, not the defaults."""
    with pytest.raises(ConfigError, match="cannot be read"):
        config.load(tmp_path / "absent.toml")


def test_unknown_keyword_is_refused() -> None:
    """A misspelt setting of the Python API is not dropped silently."""
    with pytest.raises(ConfigError, match="did you mean epochs"):
        config.load(None, {"epocs": 3})


def test_size_that_does_not_fit_the_depth_is_refused() -> None:
    """What cannot work together is refused before anything is read."""
    with pytest.raises(ConfigError, match="not divisible by 16"):
        config.load(None, {"model": "cnn", "image_size": 100})


def test_resolved_settings_leave_nothing_open() -> None:
    """Every setting has a value, but for what the photos, the clock or the environment decide."""
    resolved = config.resolve(config.load(None)).model_dump()
    open_ones = [f"{s}.{n}" for s, v in resolved.items() for n, x in v.items() if x is None]

    limits = ("operating_point.", "report.require_")
    kinds = {name for name in open_ones if not name.startswith(limits)}
    assert kinds == {"data.ok", "data.group_by", "training.time_budget", "report.language"}


def test_plain_network_has_20_to_50_epochs() -> None:
    """The reference network trains for 20 to 50 epochs by default."""
    assert 20 <= (config.resolve(config.load(None, {"model": "cnn"})).training.epochs) <= 50


def test_flags_are_unique() -> None:
    """No two settings share a flag."""
    flags = [setting.flag for setting in config.all_settings()]

    assert len(flags) > 20
    assert len(flags) == len(set(flags))


@pytest.mark.parametrize(
    ("text", "expected"), [("90", 90), ("90s", 90), ("1.5min", 90), ("2h", 7200)]
)
def test_times_on_the_command_line_are_seconds(text: str, expected: float) -> None:
    """Without a unit, seconds."""
    assert config.duration(text, "--timeout") == expected


@pytest.mark.parametrize("text", ["", "soon", "-5min", "5 days", "inf", "nan", "-5", "1e3"])
def test_what_is_no_time_is_refused(text: str) -> None:
    """With what is allowed."""
    with pytest.raises(ConfigError, match="30min"):
        config.duration(text, "--timeout")


@pytest.mark.parametrize("text", ["0.5%", "0,5%", "0,5 %", " 0.5 % ", "0.005", "0,005"])
def test_share_with_point_or_comma(text: str) -> None:
    """As people write it in English and in German."""
    assert config.share(text, "--max-escape") == pytest.approx(0.005)
    assert config.load(None, {"max_escape": text}).operating_point.max_escape == pytest.approx(
        0.005
    )


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("0%", "no test promises a rate of 0"),
        (0, "0.5 % takes 199"),
        ("50", "50 is 100 % or more: write 50% or 0.5"),
        ("half", "'half' is not a share: write 0.5% or 0.005"),
        (-0.1, "greater than 0"),
    ],
)
def test_share_that_cannot_be_meant_names_the_way_out(value: object, told: str) -> None:
    """In a file, as a flag and in Python alike."""
    with pytest.raises(ConfigError) as caught:
        config.load(None, {"max_escape": value})

    assert told in caught.value.message
