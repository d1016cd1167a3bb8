"""Spans: the model, and the state machine that builds them from what happens in pi."""

from __future__ import annotations

from pi_trace_headers.spans._builder import Builder
from pi_trace_headers.spans._model import Attributes, Span, SpanEvent, SpanLink

__all__ = ["Attributes", "Builder", "Span", "SpanEvent", "SpanLink"]
