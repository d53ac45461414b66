"""The OpenTelemetry SDK behind ``application.telemetry``: metrics for Prometheus, traces by OTLP/HTTP."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from threading import Thread

from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.sdk.environment_variables import OTEL_EXPORTER_OTLP_TRACES_ENDPOINT
from opentelemetry.sdk.metrics import AlwaysOffExemplarFilter, MeterProvider
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from application.telemetry.providers import SCOPE, install
from infrastructure.settings import Settings

TRACES_PATH = "/v1/traces"
BOUND = 2.0
"""Seconds that a flush or a shutdown may take, whether or not a collector answers."""


@dataclass(frozen=True)
class Telemetry:
    """What :func:`configure_telemetry` set up. Shut it down to end the telling."""

    tracer_provider: TracerProvider
    meter_provider: MeterProvider
    registry: CollectorRegistry
    uninstall: Callable[[], None]

    def render_metrics(self) -> tuple[bytes, str]:
        """All metrics in Prometheus' text format, and its content type. Takes about a millisecond."""
        return generate_latest(self.registry), CONTENT_TYPE_LATEST

    def flush(self, timeout: float = BOUND) -> bool:
        """Send the spans that have ended; whether that was done in ``timeout`` seconds. Blocks so long."""
        return _within(timeout, self.tracer_provider.force_flush)

    def shutdown(self, timeout: float = BOUND) -> bool:
        """Send what there is and stop; whether that was done in ``timeout`` seconds. Blocks so long."""
        self.uninstall()
        return _within(timeout, self._stop)

    def _stop(self) -> None:
        self.tracer_provider.shutdown()
        self.meter_provider.shutdown()


def configure_telemetry(settings: Settings, *, span_exporter: SpanExporter | None = None) -> Telemetry:
    """Begin to measure and, where there is somewhere to send them, to trace.

    Spans go to ``span_exporter``, or else to the collector at ``settings.otlp_endpoint``. With neither they
    are not recorded, but still have ids for the logs and for the events. The variables ``OTEL_…`` of the
    SDK are honoured: resource, sampler, batches, headers, timeouts, ``OTEL_SDK_DISABLED``.
    """
    resource = _resource()
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    reader = PrometheusMetricReader(registry=registry, scope_info_enabled=False)
    # Not at exit: a collector that does not answer would hold the process. shutdown() has a bound.
    # No exemplars: Prometheus' text format has no place for them.
    meters = MeterProvider(
        [reader], resource=resource, exemplar_filter=AlwaysOffExemplarFilter(), shutdown_on_exit=False
    )
    tracers = _tracer_provider(resource, span_exporter or _otlp_exporter(settings), meters)
    return Telemetry(tracers, meters, registry, install(tracers, meters))


def _resource() -> Resource:
    ours = Resource.create({SERVICE_NAME: SCOPE, SERVICE_VERSION: version("gamefilm")})
    return ours.merge(OTELResourceDetector().detect())  # what the environment says wins


def _tracer_provider(
    resource: Resource, exporter: SpanExporter | None, meters: MeterProvider
) -> TracerProvider:
    if exporter is None:
        return TracerProvider(sampler=ALWAYS_OFF, resource=resource, shutdown_on_exit=False)
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(exporter, meter_provider=meters))
    return provider


def _otlp_exporter(settings: Settings) -> SpanExporter | None:
    base = settings.otlp_endpoint
    # The variable for traces alone is a whole address, and wins: so the OTLP specification has it.
    endpoint = os.environ.get(OTEL_EXPORTER_OTLP_TRACES_ENDPOINT) or (base and base.rstrip("/") + TRACES_PATH)
    if not endpoint:
        return None
    # Only where it is used: the exporter brings an HTTP client of its own along.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return OTLPSpanExporter(endpoint=endpoint)


def _within(seconds: float, work: Callable[[], object]) -> bool:
    """Whether ``work`` ended in time. The SDK's own bounds do not hold for a call under way."""
    thread = Thread(target=work, name="telemetry", daemon=True)
    thread.start()
    thread.join(seconds)
    return not thread.is_alive()
