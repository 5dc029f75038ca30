"""The files of `deploy/station` are sound, and name settings that exist."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from okng.config import StationSettings, all_settings

STATION = Path(__file__).parents[2] / "deploy" / "station"
VARIABLES = {setting.variable for setting in all_settings(StationSettings)}


@pytest.mark.parametrize("name", ["Dockerfile", "compose.yaml", "okng-station.service"])
def test_variables_are_settings(name: str) -> None:
    """A variable that names no setting would be ignored in silence."""
    text = (STATION / name).read_text("utf-8")

    used = set(re.findall(r"OKNG_[A-Z]+__[A-Z_]+", text))

    assert used <= VARIABLES
    assert used


def test_dockerfile_has_no_findings() -> None:
    """Hadolint finds nothing in it."""
    hadolint = shutil.which("hadolint", path=str(Path(sys.executable).parent))
    assert hadolint is not None

    done = subprocess.run(
        [hadolint, STATION / "Dockerfile"], check=False, capture_output=True, text=True
    )

    assert (done.returncode, done.stdout) == (0, "")


def test_image_runs_without_rights() -> None:
    """The last stage has a user by number, a health check, and gets its signals."""
    text = (STATION / "Dockerfile").read_text("utf-8").rpartition("\nFROM ")[2]

    assert re.search(r"^USER [1-9]\d+$", text, re.MULTILINE)
    assert "HEALTHCHECK" in text
    assert 'ENTRYPOINT ["okng", "serve"]' in text


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
