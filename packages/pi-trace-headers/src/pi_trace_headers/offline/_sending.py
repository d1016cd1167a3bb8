"""Sends the spans of a stored session, and waits until the collector has them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pi_trace_headers._errors import TraceError
from pi_trace_headers.spans._settings import settings_of

if TYPE_CHECKING:
    from pi_trace_headers.spans._model import Span

__all__ = ["send"]

#: The SDK's queue holds four times as many.
_AT_ONCE = 512


def send(spans: list[Span], url: str) -> None:
    """Send spans to the collector at ``url``, the base of its OTLP endpoints.

    Raises:
        TraceError: OpenTelemetry is not installed, the URL is none, or the collector does not take them.
    """
    try:
        settings = settings_of({"endpoint": url, "metrics": False}, {})
    except ValueError as error:
        raise TraceError(f"{url!r} is no URL of a collector; it begins with http:// or https://") from error
    try:
        from pi_trace_headers.spans._pipeline import Pipeline  # noqa: PLC0415  # an extra, and slow to import
    except ImportError as error:
        raise TraceError("OpenTelemetry is not installed: pip install 'pi-trace-headers[otel]'") from error
    outcomes: list[bool] = []
    pipeline = Pipeline(settings, {}, outcomes.append)
    for first in range(0, len(spans), _AT_ONCE):
        for span in spans[first : first + _AT_ONCE]:
            pipeline.add(span)
        pipeline.flush()
        if not all(outcomes):
            raise TraceError(f"the collector at {url} did not take the spans; nothing of this session may be complete")
    if spans and not outcomes:
        sampler = os.environ.get("OTEL_TRACES_SAMPLER", "")
        raise TraceError(f"the sampler (OTEL_TRACES_SAMPLER={sampler!r}) left out the whole trace")
