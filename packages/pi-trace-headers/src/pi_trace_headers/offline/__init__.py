"""The same spans from stored sessions: shown, summed up, sent."""

from __future__ import annotations

from pi_trace_headers.offline._page import page
from pi_trace_headers.offline._replay import spans_of
from pi_trace_headers.offline._totals import Line, Totals, total
from pi_trace_headers.offline._waterfall import waterfall

__all__ = ["Line", "Totals", "page", "spans_of", "total", "waterfall"]
