"""A collector to send spans to, and spans as tests read them."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import TYPE_CHECKING, Any

from opentelemetry.exporter.otlp.common import http
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Self

    from pi_trace_headers.spans import Span

__all__ = ["Collector", "Node", "Received", "forest", "received"]

_STEP_SECONDS = 0.02

# The SDK's threads outlive a test by seconds and draw from `random`, which property tests in their process may not see.
vars(http)["random"] = Random(1)  # noqa: S311  # it spreads retries


@dataclass(frozen=True)
class Received:
    """A span as it reached the collector, or as it was built.

    Attributes:
        name: its name.
        kind: ``client`` or ``internal``.
        trace_id: 32 hex digits.
        span_id: 16 hex digits.
        parent_id: 16 hex digits, ``None`` at the top.
        start: nanoseconds since 1970.
        end: nanoseconds since 1970.
        attributes: as plain values.
        error: the status's text if it is an error, else ``None``.
        events: names and attributes.
        links: trace and span ids.
        service: the resource's name.
    """

    name: str
    kind: str
    trace_id: str
    span_id: str
    parent_id: str | None
    start: int
    end: int
    attributes: dict[str, Any] = field(default_factory=dict)
    error: str | None = None
    events: tuple[tuple[str, dict[str, Any]], ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    service: str = ""


@dataclass
class Node:
    """A span with what is part of it."""

    span: Received
    parts: list[Node]

    @property
    def shape(self) -> Any:
        """Names only: a text for a leaf, a pair of name and parts for the others."""
        return (self.span.name, [part.shape for part in self.parts]) if self.parts else self.span.name


class Collector:
    """An OTLP collector over HTTP, for spans and metrics.

    Args:
        status: HTTP status that it answers with.
        delay: seconds that it takes for each answer.

    Attributes:
        requests: paths and headers of what came in, in order.
        metrics: the names of the metrics that came in, each with its data points of the last time.
    """

    def __init__(self, *, status: int = 200, delay: float = 0.0) -> None:
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.metrics: dict[str, list[Any]] = {}
        self._spans: list[Received] = []
        self._closing = threading.Event()
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                collector._take(self.path, dict(self.headers), body, keep=status < 300)
                collector._closing.wait(delay)
                self.send_response(status)
                self.send_header("Content-Type", "application/x-protobuf")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Keep the test's output clean."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def spans(self) -> list[Received]:
        """The spans that came in so far."""
        return list(self._spans)

    def wait(self, count: int, seconds: float = 10.0) -> list[Received]:
        """Return the spans once there are that many."""
        deadline = time.monotonic() + seconds
        while len(self._spans) < count:
            if time.monotonic() > deadline:
                raise AssertionError(f"{len(self._spans)} spans came, not {count}: {[s.name for s in self._spans]}")
            time.sleep(_STEP_SECONDS)
        return self.spans

    def close(self) -> None:
        """Stop; whoever waits for an answer gets it now."""
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _take(self, path: str, headers: dict[str, str], body: bytes, *, keep: bool) -> None:
        self.requests.append((path, headers))
        if keep and path.endswith("/v1/traces"):
            self._spans += _spans_in(ExportTraceServiceRequest.FromString(body))
        elif keep:
            for resource in ExportMetricsServiceRequest.FromString(body).resource_metrics:
                for scope in resource.scope_metrics:
                    for metric in scope.metrics:
                        data = getattr(metric, str(metric.WhichOneof("data")))
                        self.metrics[metric.name] = list(data.data_points)


def received(spans: Iterable[Span]) -> list[Received]:
    """Return spans that never left as if they had come in."""
    return [
        Received(
            span.name,
            span.kind,
            span.trace_id,
            span.span_id,
            span.parent_id,
            span.start,
            span.end,
            dict(span.attributes),
            span.error,
            tuple((event.name, dict(event.attributes)) for event in span.events),
            tuple((link.trace_id, link.span_id) for link in span.links),
        )
        for span in spans
    ]


def forest(spans: Iterable[Received]) -> list[Node]:
    """Return the spans as trees, in the order of beginning; tools that ran at once by their calls."""
    nodes = {span.span_id: Node(span, []) for span in spans}
    tops: list[Node] = []
    for node in sorted(
        nodes.values(), key=lambda node: (node.span.attributes.get("gen_ai.tool.call.id", ""), node.span.start)
    ):
        parent = nodes.get(node.span.parent_id or "")
        (parent.parts if parent is not None else tops).append(node)
    return tops


def plain(value: Any) -> Any:
    """Return an OTLP value as a plain one."""
    kind = value.WhichOneof("value")
    inner = getattr(value, kind)
    return [plain(one) for one in inner.values] if kind == "array_value" else inner


def attributes_of(pairs: Iterable[Any]) -> dict[str, Any]:
    """Return OTLP attributes as a dict."""
    return {pair.key: plain(pair.value) for pair in pairs}


def _spans_in(request: ExportTraceServiceRequest) -> Iterable[Received]:
    for resource in request.resource_spans:
        about: Mapping[str, Any] = attributes_of(resource.resource.attributes)
        for scope in resource.scope_spans:
            for span in scope.spans:
                yield Received(
                    span.name,
                    {1: "internal", 3: "client"}[span.kind],
                    span.trace_id.hex(),
                    span.span_id.hex(),
                    span.parent_span_id.hex() or None,
                    span.start_time_unix_nano,
                    span.end_time_unix_nano,
                    attributes_of(span.attributes),
                    span.status.message if span.status.code == span.status.STATUS_CODE_ERROR else None,
                    tuple((event.name, attributes_of(event.attributes)) for event in span.events),
                    tuple((link.trace_id.hex(), link.span_id.hex()) for link in span.links),
                    str(about.get("service.name", "")),
                )
