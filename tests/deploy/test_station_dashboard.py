"""The dashboard of a station asks for metrics that a station has, and compose finds its files."""

import json
import re
from pathlib import Path

from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families as families

from okng.config import StationSettings
from okng.serve import Serving
from okng.serve.observing.metrics import Metrics
from okng.station import Station
from okng.station.library import Library
from okng.station.models import Models

FOLDER = Path(__file__).parents[2] / "deploy" / "station"


def test_every_metric_of_the_dashboard_exists(tmp_path: Path) -> None:
    """By its name in the exposition; a renamed one would show an empty panel."""
    settings = StationSettings()
    models = Models([], settings.models, Library(tmp_path))
    station = Station(settings, models, None)
    metrics = Metrics(Serving(station))
    metrics.request("GET", "/", 200, 0.1)
    station.close(0)
    exposed = {family.name for family in families(generate_latest(metrics.registry).decode())}
    dashboard = json.loads((FOLDER / "grafana" / "station.json").read_text())
    queries = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    asked = {name for query in queries for name in re.findall(r"okng_\w+", query)}
    known = {re.sub(r"_(total|bucket)$", "", name) for name in exposed}

    assert len(asked) > 6
    assert {re.sub(r"_(total|bucket)$", "", name) for name in asked} - known == set()


def test_compose_mounts_files_that_are_there() -> None:
    """A missing one would become an empty folder in the container."""
    compose = (FOLDER / "compose.yaml").read_text()
    mounted = re.findall(r"- \./([\w./-]+):", compose)

    assert {name for name in mounted if not (FOLDER / name).exists()} <= {"inspector.onnx"}
