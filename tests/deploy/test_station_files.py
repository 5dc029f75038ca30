"""The files of `deploy/station` are sound, and name settings that exist."""

import re
from pathlib import Path

import pytest
import yaml

from okng.config import StationSettings, all_settings

STATION = Path(__file__).parents[2] / "deploy" / "station"
VARIABLES = {setting.variable for setting in all_settings(StationSettings)}


@pytest.mark.parametrize("name", ["compose.yaml", "okng-station.service"])
def test_variables_are_settings(name: str) -> None:
    """A variable that names no setting would be ignored in silence."""
    text = (STATION / name).read_text("utf-8")

    used = set(re.findall(r"OKNG_[A-Z]+__[A-Z_]+", text))

    assert used <= VARIABLES
    assert used


def test_compose_serves_on_this_machine_only() -> None:
    """No port is open to other machines, and no password stands in an environment."""
    services = yaml.safe_load((STATION / "compose.yaml").read_text("utf-8"))["services"]

    ports = [port for service in services.values() for port in service.get("ports", [])]
    words = [name for s in services.values() for name in s.get("environment", {})]

    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)
    assert not [w for w in words if "PASSWORD" in w and not w.endswith("_FILE")]
    assert services["station"]["read_only"] is True


def test_service_outlasts_the_stop_of_the_station() -> None:
    """Systemd and compose kill it later than the station needs to finish what it accepted."""
    unit = (STATION / "okng-station.service").read_text("utf-8")
    compose = yaml.safe_load((STATION / "compose.yaml").read_text("utf-8"))
    limit = StationSettings().server.stop_timeout

    grace = compose["services"]["station"]["stop_grace_period"].removesuffix("s")

    assert int(re.search(r"TimeoutStopSec=(\d+)", unit)[1]) > limit  # type: ignore[index]
    assert int(grace) > limit
