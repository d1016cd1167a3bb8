"""Tokens, cost, latency and errors as metrics. Imported by the exporter's own thread only, as ``_pipeline``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader

from pi_trace_headers.spans import _names as n
from pi_trace_headers.spans._measure import measure

if TYPE_CHECKING:
    from opentelemetry.metrics import Histogram, Meter
    from opentelemetry.sdk.resources import Resource

    from pi_trace_headers.spans._model import Span
    from pi_trace_headers.spans._settings import Settings

__all__ = ["Metrics"]

#: The conventions' boundaries of buckets: tokens, seconds of a call, seconds to the first piece.
_TOKENS: Final = tuple(4**power for power in range(14))
_SECONDS: Final = tuple(0.01 * 2**power for power in range(14))
_FIRST: Final = (0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)

_MILLISECONDS: Final = 10_000


class Metrics:
    """The metrics of one process."""

    def __init__(self, settings: Settings, resource: Resource) -> None:
        exporter = OTLPMetricExporter(endpoint=settings.url("metrics"), headers=settings.headers or None)
        reader = PeriodicExportingMetricReader(exporter)
        self._provider = MeterProvider([reader], resource=resource, shutdown_on_exit=False)
        meter = self._provider.get_meter("pi-trace-headers")
        self._histograms = _histograms(meter)
        self._cost = meter.create_counter(n.COST_METRIC, "{USD}", "Cost of model calls in dollars.")

    def add(self, span: Span) -> None:
        """Add what a finished span means."""
        for measured in measure(span):
            if measured.metric == n.COST_METRIC:
                self._cost.add(measured.value, measured.attributes)
            else:
                self._histograms[measured.metric].record(measured.value, measured.attributes)

    def flush(self) -> None:
        """Send everything now; takes as long as the collector does, at most the exporter's timeout."""
        self._provider.force_flush(_MILLISECONDS)


def _histograms(meter: Meter) -> dict[str, Histogram]:
    return {
        name: meter.create_histogram(name, unit, text, explicit_bucket_boundaries_advisory=boundaries)
        for name, unit, text, boundaries in (
            (n.USAGE_METRIC, "{token}", "Number of input and output tokens used.", _TOKENS),
            (n.DURATION_METRIC, "s", "Duration of model calls.", _SECONDS),
            (n.FIRST_CHUNK_METRIC, "s", "Time to the first piece of an answer.", _FIRST),
            (n.TOOL_METRIC, "s", "Duration of tool calls.", _SECONDS),
        )
    }
