"""What sessions cost: calls, tokens, money and time, by model and by tool."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from pi_trace_headers.offline._tree import cost_of, kind_of, tokens_of
from pi_trace_headers.spans import _names as n

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pi_trace_headers.spans._model import Span

__all__ = ["Line", "Totals", "total"]

_NS_PER_S: Final = 1e9

#: What only serves to work out other figures.
_INNER: Final = frozenset({"seconds", "timed_tokens"})


class Line(msgspec.Struct):
    """What one model or tool comes to.

    Attributes:
        name: ``provider/model``, or the tool.
        calls: how often it was called for the conversation.
        errors: how many of them failed, aborts left out.
        aborted: how many were stopped.
        input_tokens: sent, cached ones included; summaries and whatever else was paid for, too.
        cache_read_tokens: of these, read from the provider's cache.
        cache_write_tokens: of these, written to it.
        output_tokens: received, reasoning included.
        cost_usd: in dollars.
        seconds: how long each call took that did not fail.
        timed_tokens: what these received.
    """

    name: str
    calls: int = 0
    errors: int = 0
    aborted: int = 0
    input_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float = 0.0
    seconds: list[float] = []
    timed_tokens: int = 0

    @property
    def cache_hits(self) -> float | None:
        """Share of the tokens sent that came from the cache, from 0 to 1; ``None`` if none was sent."""
        return self.cache_read_tokens / self.input_tokens if self.input_tokens else None

    @property
    def output_per_second(self) -> float | None:
        """Tokens received per second of waiting; ``None`` if nobody waited."""
        whole = sum(self.seconds)
        return self.timed_tokens / whole if whole and self.timed_tokens else None

    def quantile(self, share: float) -> float | None:
        """Return the seconds within which that share of the calls was done; ``None`` without calls."""
        ordered = sorted(self.seconds)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else None

    def add(self, other: Line) -> None:
        """Add what another one comes to."""
        self.calls += other.calls
        self.errors += other.errors
        self.aborted += other.aborted
        self.input_tokens += other.input_tokens
        self.cache_read_tokens += other.cache_read_tokens
        self.cache_write_tokens += other.cache_write_tokens
        self.output_tokens += other.output_tokens
        self.cost_usd += other.cost_usd
        self.seconds += other.seconds
        self.timed_tokens += other.timed_tokens

    def as_data(self) -> dict[str, object]:
        """Return all of it as JSON data."""
        figures = {name: value for name, value in msgspec.to_builtins(self).items() if name not in _INNER}
        return {
            **figures,
            "cost_usd": round(self.cost_usd, 9),
            "cache_hit_rate": self.cache_hits,
            "seconds_p50": self.quantile(0.5),
            "seconds_p95": self.quantile(0.95),
            "output_tokens_per_second": self.output_per_second,
        }


class Totals(msgspec.Struct):
    """All of it.

    Attributes:
        runs: number of runs.
        models: by model.
        tools: by tool.
    """

    runs: int = 0
    models: dict[str, Line] = {}
    tools: dict[str, Line] = {}

    @property
    def all_models(self) -> Line:
        """All models together."""
        whole = Line("all")
        for line in self.models.values():
            whole.add(line)
        return whole

    def add(self, spans: Iterable[Span]) -> None:
        """Add a session."""
        for span in spans:
            kind = kind_of(span)
            if kind == "run":
                self.runs += 1
            elif kind == "tool":
                _count(_line(self.tools, str(span.attributes.get(n.TOOL_NAME, "unknown"))), span)
            elif kind in {"chat", "summary"}:
                self._add_call(span, kind)

    def _add_call(self, span: Span, kind: str) -> None:
        provider, model = (str(span.attributes.get(name, "")) for name in (n.PI_PROVIDER, n.REQUEST_MODEL))
        line = _line(self.models, f"{provider}/{model}" if provider else model or "unknown")
        if kind == "chat" and n.PI_PURPOSE not in span.attributes:
            _count(line, span)
        sent, cached, received = tokens_of(span)
        line.input_tokens += sent
        line.cache_read_tokens += cached
        line.cache_write_tokens += int(str(span.attributes.get(n.CACHE_WRITE_TOKENS, 0)))
        line.output_tokens += received
        line.cost_usd += cost_of(span) or 0.0


def total(spans: Iterable[Span]) -> Totals:
    """Return what one session comes to."""
    totals = Totals()
    totals.add(spans)
    return totals


def _line(lines: dict[str, Line], name: str) -> Line:
    return lines.setdefault(name, Line(name))


def _count(line: Line, span: Span) -> None:
    line.calls += 1
    if span.attributes.get(n.ERROR_TYPE) == "aborted":
        line.aborted += 1
    elif span.error is not None:
        line.errors += 1
    else:
        line.seconds.append((span.end - span.start) / _NS_PER_S)
        line.timed_tokens += tokens_of(span)[2]
