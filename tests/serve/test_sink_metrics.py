"""Sinks show in `/metrics`."""

from pathlib import Path

from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families as families

from okng.config import StationSettings
from okng.connect.alarms import Alarms
from okng.connect.contracts import Around
from okng.connect.delivering import Delivering
from okng.inference.inspection import new_id
from okng.records import Records
from okng.serve import Serving
from okng.serve.observing.metrics import Metrics
from okng.station import Station
from okng.station.library import Library
from okng.station.models import Models
from okng.testing.line.sinks import RecordingSettings
from okng.testing.station.records import inspection_row


def test_each_sink_has_its_counters(tmp_path: Path) -> None:
    """What arrived, what waits, and whether it can be reached."""
    settings = StationSettings()
    station = Station(settings, Models([], settings.models, Library(tmp_path)), None)
    sink = RecordingSettings(name="plant")
    around = Around("site", "station-1")
    with Records(tmp_path / "r.sqlite") as records:
        alarms = Alarms(records, "station-1")
        with Delivering(records, around, [sink], alarms) as delivering:
            records.append(inspection_row(id=new_id()), inspection_row(id=new_id())).result(10)
            assert sink.recording.wait_for(lambda each: len(each.received) == 2)
        metrics = Metrics(Serving(station, delivering=delivering))
        text = generate_latest(metrics.registry).decode()
    station.close(0)
    samples = {
        sample.name: (sample.labels, sample.value)
        for family in families(text)
        for sample in family.samples
        if sample.name.startswith("okng_sink")
    }
    own = {"sink": "plant", "kind": "recording"}

    assert samples == {
        "okng_sink_up": (own, 1),
        "okng_sink_waiting": (own, 0),
        "okng_sink_oldest_seconds": (own, 0),
        "okng_sink_delivered_total": (own, 2),
        "okng_sink_refused_total": (own, 0),
        "okng_sink_faults_total": (own, 0),
    }
