"""Metrics of a station for Prometheus: names begin with `okng_`, units are base units.

No label has values without bound: serial numbers, clients and unknown paths are none.
"""

from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from okng.connect.delivering import SinkState
from okng.records import InspectionRow
from okng.serve.context import Serving

_Family = GaugeMetricFamily | CounterMetricFamily
_SECONDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)
_METHODS = frozenset({"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"})
_SINKS: tuple[tuple[type[_Family], str, str, Callable[[SinkState], float]], ...] = (
    (GaugeMetricFamily, "okng_sink_up", "1 where the sink can be reached.",
     lambda state: state.fault is None),
    (GaugeMetricFamily, "okng_sink_waiting", "Rows of the chain that the sink has not got yet.",
     lambda state: state.waiting),
    (GaugeMetricFamily, "okng_sink_oldest_seconds", "Age of the oldest of them.",
     lambda state: state.oldest_seconds),
    (CounterMetricFamily, "okng_sink_delivered", "Verdicts and alarms that arrived.",
     lambda state: state.delivered),
    (CounterMetricFamily, "okng_sink_refused", "Verdicts and alarms that the sink refused.",
     lambda state: state.refused),
    (CounterMetricFamily, "okng_sink_faults", "Attempts to reach the sink that failed.",
     lambda state: state.faults),
)  # fmt: skip


class Metrics:
    """Counts what one server does.

    Args:
        serving: whose station it is.

    Attributes:
        registry: for the exposition.
    """

    def __init__(self, serving: Serving) -> None:
        self.registry = registry = CollectorRegistry()
        self._inspections = Counter(
            "okng_inspections", "Verdicts on record.", ("model", "role", "verdict"),
            registry=registry,
        )  # fmt: skip
        self._seconds = Histogram(
            "okng_inspection_seconds", "Time from the receipt of a photo to its verdict.",
            ("role",), buckets=_SECONDS, registry=registry,
        )  # fmt: skip
        self._requests = Counter(
            "okng_requests", "Requests that were answered.", ("method", "route", "status"),
            registry=registry,
        )  # fmt: skip
        self._request_seconds = Histogram(
            "okng_request_seconds", "Time from the first byte of a request to its answer.",
            ("route",), buckets=_SECONDS, registry=registry,
        )  # fmt: skip
        registry.register(_State(serving))
        ProcessCollector(namespace="okng", registry=registry)
        serving.station.heard.add(self._inspected)

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request.

        Args:
            method: of HTTP.
            route: its template, such as `/api/v1/inspections/{identifier}`; `none` without one.
            status: of the answer.
            seconds: until the answer began.
        """
        known = method if method in _METHODS else "other"
        self._requests.labels(known, route, str(status)).inc()
        self._request_seconds.labels(route).observe(seconds)

    def _inspected(self, row: InspectionRow) -> None:
        self._inspections.labels(row.model_name, row.role, row.verdict).inc()
        self._seconds.labels(row.role).observe(row.latency_us / 1e6)


class _State(Collector):
    """What is there at the moment of asking."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving

    def collect(self) -> Iterator[Metric]:
        """One value each."""
        serving, station = self._serving, self._serving.station
        yield _gauge("okng_ready", "1 where the station takes photos.", station.ready)
        yield _gauge("okng_photos_waiting", "Photos without an answer.", station.admission.photos)
        limit = serving.settings.server.queue
        yield _gauge("okng_photos_limit", "Photos that may wait, at most.", limit)
        yield _gauge("okng_streams", "Streams of events that are open.", serving.streams)
        spooled = 0 if station.records is None else station.records.spooled
        yield _gauge("okng_spooled_bytes", "Records that wait for the database.", spooled)
        yield CounterMetricFamily(
            "okng_shadow_left_out", "Photos that the shadow did not judge.",
            value=station.shadow.left_out,
        )  # fmt: skip
        yield self._faults()
        yield from self._drift()
        yield self._models()
        if serving.delivering is not None:
            yield from _sinks(serving.delivering.states)

    def _faults(self) -> Metric:
        family = GaugeMetricFamily("okng_fault", "1 for each fault that is there.", labels=["code"])
        for code in self._serving.station.faults():
            family.add_metric([code.value], 1)
        return family

    def _drift(self) -> Iterator[Metric]:
        drift = self._serving.station.drift
        if drift is None:
            return
        labels = ["measure", "reference"]
        family = GaugeMetricFamily("okng_drift", "1 for each change of the parts.", labels=labels)
        # once each, whatever the number of products
        for pair in {(each.finding.measure, each.finding.reference) for each in drift.on()}:
            family.add_metric([*pair], 1)
        yield family
        yield CounterMetricFamily(
            "okng_drift_left_out", "Photos that the drift alarm did not measure.",
            value=drift.left_out,
        )  # fmt: skip

    def _models(self) -> Metric:
        labels = ["name", "role", "digest", "okng_version"]
        family = GaugeMetricFamily("okng_model_info", "Models that are loaded.", labels=labels)
        station = self._serving.station
        loaded = [(name, "live", engine) for name, engine in station.models.all()]
        if (shadow := station.shadow.engine) is not None:
            loaded.append((shadow.metadata.name, "shadow", shadow))
        for name, role, engine in loaded:
            family.add_metric([name, role, engine.digest, version("okng")], 1)
        return family


def _sinks(states: Sequence[SinkState]) -> Iterator[Metric]:
    """One value for each sink; names of sinks come from the settings, so they are few."""
    for kind, name, meaning, value in _SINKS:
        family = kind(name, meaning, labels=["sink", "kind"])
        for state in states:
            family.add_metric([state.name, state.kind], float(value(state)))
        yield family


def _gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(name, meaning, value=float(value))
