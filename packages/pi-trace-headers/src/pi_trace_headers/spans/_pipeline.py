"""Hands finished spans to OpenTelemetry's SDK, which batches them and sends them by OTLP over HTTP.

Importing this module imports the SDK, which takes a fifth of a second: only the exporter's own thread does it.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.sdk.trace.sampling import Decision
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from opentelemetry.sdk.trace import ReadableSpan

    from pi_trace_headers.spans._metrics import Metrics
    from pi_trace_headers.spans._model import Attributes, Span
    from pi_trace_headers.spans._settings import Settings

__all__ = ["Pipeline", "clean"]

_SCOPE: Final = "pi-trace-headers"
_KINDS: Final = {"client": SpanKind.CLIENT, "internal": SpanKind.INTERNAL}
_SAMPLED: Final = TraceFlags(TraceFlags.SAMPLED)


class Pipeline:
    """The SDK, set up for one process. Not for several threads.

    Args:
        settings: what the user wants; what they leave open, OpenTelemetry's variables say.
        about: attributes of the resource.
        watch: is told after each attempt to send spans whether it worked.
    """

    def __init__(self, settings: Settings, about: Mapping[str, str], watch: Callable[[bool], None]) -> None:
        resource = _resource(settings, about)
        self._ids = _GivenIds()
        self._provider = TracerProvider(resource=resource, id_generator=self._ids, shutdown_on_exit=False)
        exporter = OTLPSpanExporter(endpoint=settings.url("traces"), headers=settings.headers or None)
        self._processor = BatchSpanProcessor(_Watched(exporter, watch))
        self._provider.add_span_processor(self._processor)
        self._tracer = self._provider.get_tracer(_SCOPE, version(_SCOPE))
        self._metrics: Metrics | None = None
        if settings.metrics:
            from pi_trace_headers.spans._metrics import Metrics  # noqa: PLC0415  # 50 ms more

            self._metrics = Metrics(settings, resource)

    def add(self, span: Span) -> None:
        """Take a finished span; it is sent with others within a few seconds."""
        trace_id = int(span.trace_id, 16)
        if not span.sampled or not self._samples(trace_id, span):
            return
        self._ids.given = trace_id, int(span.span_id, 16)
        started = self._tracer.start_span(
            clean(span.name),
            context=_parent(trace_id, span.parent_id),
            kind=_KINDS[span.kind],
            attributes=_clean_all(span.attributes),
            links=[Link(_context(int(li.trace_id, 16), li.span_id), _clean_all(li.attributes)) for li in span.links],
            start_time=span.start,
        )
        for event in span.events:
            started.add_event(event.name, _clean_all(event.attributes), event.at)
        if span.error is not None:
            started.set_status(Status(StatusCode.ERROR, clean(span.error) or None))
        started.end(span.end)
        if self._metrics is not None:
            self._metrics.add(span)

    def flush(self) -> None:
        """Send everything now; takes as long as the collector does, at most the exporters' timeouts."""
        self._processor.force_flush()
        if self._metrics is not None:
            self._metrics.flush()

    def _samples(self, trace_id: int, span: Span) -> bool:
        # Asked as if for the root: the spans of a trace finish before their root, and must be kept or dropped with it.
        return self._provider.sampler.should_sample(None, trace_id, span.name).decision is not Decision.DROP


class _GivenIds(IdGenerator):
    """Gives the ids that a span has already."""

    def __init__(self) -> None:
        self.given = 0, 0

    def generate_trace_id(self) -> int:
        return self.given[0]

    def generate_span_id(self) -> int:
        return self.given[1]


class _Watched(SpanExporter):
    """Tells whether sending worked."""

    def __init__(self, exporter: SpanExporter, watch: Callable[[bool], None]) -> None:
        self._exporter = exporter
        self._watch = watch

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = self._exporter.export(spans)
        self._watch(result is SpanExportResult.SUCCESS)
        return result

    def shutdown(self) -> None:
        self._exporter.shutdown()


def clean(text: str) -> str:
    """Return ``text`` without what UTF-8 cannot hold: JavaScript's strings may have half a pair of surrogates."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _clean_all(attributes: Attributes) -> Attributes:
    return {name: clean(value) if isinstance(value, str) else value for name, value in attributes.items()}


def _resource(settings: Settings, about: Mapping[str, str]) -> Resource:
    given = {SERVICE_NAME: settings.service_name} if settings.service_name else {}
    resource = Resource.create({**about, **given})
    # The SDK's own default name says nothing; a name from OpenTelemetry's variables stays.
    unnamed = str(resource.attributes.get(SERVICE_NAME, "")).startswith("unknown_service")
    return resource.merge(Resource({SERVICE_NAME: "pi"})) if unnamed else resource


def _parent(trace_id: int, span_id: str | None) -> Context:
    if span_id is None:
        return Context()
    return set_span_in_context(NonRecordingSpan(_context(trace_id, span_id)), Context())


def _context(trace_id: int, span_id: str) -> SpanContext:
    return SpanContext(trace_id, int(span_id, 16), is_remote=False, trace_flags=_SAMPLED)
