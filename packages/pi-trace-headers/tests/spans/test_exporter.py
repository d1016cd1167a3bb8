"""What reaches a collector, and what happens when there is none that takes it."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
from span_support import Collector

from pi_trace_headers.spans import Span, SpanEvent, SpanLink
from pi_trace_headers.spans._exporter import Exporter
from pi_trace_headers.spans._settings import settings_of

if TYPE_CHECKING:
    from collections.abc import Callable


def span(number: int = 1, **more: Any) -> Span:
    known: dict[str, Any] = {
        "name": "chat gpt-5",
        "kind": "client",
        "trace_id": "a" * 32,
        "span_id": f"{number:016x}",
        "parent_id": "b" * 16,
        "start": 1_000_000_000,
        "end": 3_000_000_000,
        "attributes": {"gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": 7, "list": ["x"]},
    }
    return Span(**(known | more))


def exporter(told: list[str] | None = None, about: dict[str, str] | None = None, **options: Any) -> Exporter:
    return Exporter(settings_of(options, {}), about or {}, (told if told is not None else []).append)


def send(*spans: Span, **options: Any) -> list[str]:
    told: list[str] = []
    made = exporter(told, **options)
    made.put(spans)
    assert made.flush().wait(15), "nothing was sent in time"
    return told


def test_a_span_arrives_as_it_is(collector: Collector) -> None:
    event, link = SpanEvent("pi.retry", 2_000_000_000, {"n": 2}), SpanLink("c" * 32, "d" * 16)
    assert send(span(0xFEED, events=(event,), links=(link,), error="503: busy"), endpoint=collector.url) == []

    (came,) = collector.spans
    assert (came.name, came.kind, came.trace_id, came.span_id) == ("chat gpt-5", "client", "a" * 32, "000000000000feed")
    assert (came.parent_id, came.start, came.end) == ("b" * 16, 1_000_000_000, 3_000_000_000)
    assert came.attributes["list"] == ["x"]
    assert (came.error, came.events, came.links) == ("503: busy", (("pi.retry", {"n": 2}),), (("c" * 32, "d" * 16),))


def test_a_span_at_the_top_has_no_parent(collector: Collector) -> None:
    send(span(parent_id=None), endpoint=collector.url)
    assert [came.parent_id for came in collector.spans] == [None]


def test_text_that_utf8_can_not_hold_arrives_all_the_same(collector: Collector) -> None:
    assert send(span(name="x \ud83d", attributes={"a": "\ud83d"}, error="\ud83d"), endpoint=collector.url) == []
    assert [came.name for came in collector.spans] == ["x ?"]


def test_a_trace_that_nobody_wants_recorded_is_not_sent(collector: Collector) -> None:
    send(span(1, sampled=False), span(2), endpoint=collector.url)
    assert [came.span_id for came in collector.spans] == [f"{2:016x}"]


def test_a_sampler_decides_for_whole_traces(collector: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "parentbased_traceidratio")
    monkeypatch.setenv("OTEL_TRACES_SAMPLER_ARG", "0.5")
    kept, dropped = "a" * 16 + "1" * 16, "a" * 16 + "f" * 16
    spans = [
        span(n, trace_id=trace, parent_id=None if n % 2 else "b" * 16)
        for n, trace in enumerate([kept, kept, dropped, dropped], 1)
    ]
    send(*spans, endpoint=collector.url)
    assert [came.trace_id for came in collector.spans] == [kept, kept]


@pytest.mark.parametrize(
    ("options", "variable", "name"),
    [({}, "", "pi"), ({}, "theirs", "theirs"), ({"service_name": "mine"}, "theirs", "mine")],
)
def test_the_service_is_named_by_the_options_then_the_variables(
    collector: Collector, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], variable: str, name: str
) -> None:
    monkeypatch.setenv("OTEL_SERVICE_NAME", variable)
    send(span(), endpoint=collector.url, **options)
    assert [came.service for came in collector.spans] == [name]


def test_opentelemetrys_variables_say_where_and_with_what(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "x-tenant=blue")
    send(span())
    paths = {path for path, _ in collector.requests}
    assert paths == {"/v1/traces", "/v1/metrics"}
    assert {headers.get("x-tenant") for _, headers in collector.requests} == {"blue"}


def test_options_win_over_variables(collector: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "x-tenant=blue")
    assert send(span(), endpoint=collector.url, headers={"x-tenant": "red"}) == []
    assert {headers.get("x-tenant") for _, headers in collector.requests} == {"red"}


def test_metrics_can_be_left_out(collector: Collector) -> None:
    send(span(), endpoint=collector.url, metrics=False)
    assert {path for path, _ in collector.requests} == {"/v1/traces"}


def _closed() -> Collector:
    collector = Collector()
    collector.close()
    return collector


@pytest.mark.parametrize(
    "trouble",
    [_closed, lambda: Collector(status=500), lambda: Collector(status=400), lambda: Collector(status=429)],
    ids=["down", "500", "400", "429"],
)
def test_trouble_is_told_once_and_putting_never_waits(
    trouble: Callable[[], Collector], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
    told: list[str] = []
    with trouble() as collector:
        made = exporter(told, endpoint=collector.url, metrics=False)
        slowest = 0.0
        for round_ in range(3):
            for number in range(100):
                began = time.perf_counter()
                made.put([span(100 * round_ + number + 1)])
                slowest = max(slowest, time.perf_counter() - began)
            assert made.flush().wait(15)
    assert slowest < 0.1
    assert not made.healthy
    assert len(told) == 1
    assert told[0].startswith("the collector does not take them: ")


def test_a_collector_that_hangs_delays_nobody() -> None:
    with Collector(delay=30) as collector:
        made = exporter(endpoint=collector.url)
        began = time.perf_counter()
        made.put([span()])
        made.flush()
        made.put([span(2)])
        assert time.perf_counter() - began < 0.1


def test_headers_of_the_collector_are_never_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from pi_trace_headers.spans._recorder import Recorder  # noqa: PLC0415  # only this test needs all of it

    told: list[str] = []
    monkeypatch.setattr(Recorder, "_tell", lambda _, text: told.append(text))
    # A header with a line break is refused by the HTTP library, with a message that quotes it.
    recorder = Recorder({"endpoint": "http://127.0.0.1:1", "headers": {"x-key": "hunter2\nhunter3"}}, "1.5.2")
    recorder._exporter.put([span()])
    assert recorder._exporter.flush().wait(15)
    assert told
    assert not [text for text in told if "hunter" in text]


def test_the_queue_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    made = exporter(told)
    monkeypatch.setattr(made, "start", lambda: None)  # nobody takes anything out
    made.put([span(number + 1) for number in range(2000)])
    assert made._queue.qsize() == 1024
    assert told == ["more spans than can be sent; some are lost"]


_WITHOUT = """
import sys
class Gone:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "opentelemetry":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Gone())
from pi_trace_headers.spans import Span
from pi_trace_headers.spans._exporter import Exporter
from pi_trace_headers.spans._settings import settings_of
exporter = Exporter(settings_of({}, {}), {}, print)
span = Span(name="x", kind="client", trace_id="a" * 32, span_id="b" * 16, parent_id=None, start=1, end=2, attributes={})
for _ in range(3):
    exporter.put([span])
    exporter.flush().wait(10)
"""


def test_without_opentelemetry_there_is_one_clear_notice() -> None:
    done = subprocess.run([sys.executable, "-c", _WITHOUT], capture_output=True, text=True, check=True)
    assert done.stdout == "spans are on, but OpenTelemetry is not installed: pip install 'pi-trace-headers[otel]'\n"
    assert done.stderr == ""


def test_the_plugin_does_not_import_opentelemetry_nor_anything_else_that_is_slow() -> None:
    code = "import sys, pi_trace_headers.spans.plugin; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"opentelemetry", "requests", "google", "typer", "rich", "sqlite3"} & set(done.stdout.split())
