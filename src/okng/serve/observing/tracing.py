"""Traces of requests by OpenTelemetry, where you ask for them and where you send them.

Nothing is sent by default: the exporter is set up only where `OTEL_EXPORTER_OTLP_ENDPOINT` is set.
It comes with `okng[otel]`.
"""

import os
from collections.abc import Callable, Mapping

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from okng.error_codes import Code
from okng.errors import ConfigError

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"


def is_traced(env: Mapping[str, str] = os.environ) -> bool:
    """Whether the user has named a collector of traces."""
    return bool(env.get(ENDPOINT))


def export_traces(station: str) -> Callable[[], None]:
    """Send traces to the collector of the environment; call what this returns at the end.

    Args:
        station: name of the station, as `service.instance.id`.

    Raises:
        ConfigError: `okng[otel]` is not installed.
    """
    try:
        from opentelemetry import trace  # noqa: PLC0415 - comes with an extra
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
            OTLPSpanExporter,
        )
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ModuleNotFoundError as exc:
        raise ConfigError(
            f"Traces need {exc.name}, which is not installed",
            where=ENDPOINT,
            hint="pip install 'okng[otel]', or unset the variable.",
            code=Code.LIBRARY_MISSING,
        ) from exc
    resource = Resource.create({"service.name": "okng", "service.instance.id": station})
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    return provider.shutdown


class Traced:
    """Middleware: one span for each request, below that of the client where it states one.

    Args:
        app: that answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        from opentelemetry import propagate, trace  # noqa: PLC0415 - only where traces are wanted

        self._app, self._extract = app, propagate.extract
        self._tracer = trace.get_tracer("okng.serve")
        self._kind = trace.SpanKind.SERVER

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        context = self._extract(dict(HTTPConnection(scope).headers))
        name = f"{scope['method']} {scope['path']}"
        with self._tracer.start_as_current_span(name, context, kind=self._kind) as span:
            span.set_attribute("http.request.method", scope["method"])
            span.set_attribute("okng.request_id", scope.get("okng.request_id", ""))

            async def answered(message: Message) -> None:
                if message["type"] == "http.response.start":
                    span.set_attribute("http.response.status_code", int(message["status"]))
                    route = getattr(scope.get("route"), "path", None)
                    if route is not None:
                        span.update_name(f"{scope['method']} {route}")
                await send(message)

            await self._app(scope, receive, answered)
