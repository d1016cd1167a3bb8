"""What finished spans mean for metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from pi_trace_headers.spans import _names as n

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pi_trace_headers.spans._model import Attributes, Span

__all__ = ["Measured", "measure"]

_NS_PER_S: Final = 1e9

#: What metrics are split by. Ids would make a series of each call.
_DIMENSIONS: Final = (
    n.PROVIDER,
    n.REQUEST_MODEL,
    n.RESPONSE_MODEL,
    n.SERVER_ADDRESS,
    n.SERVER_PORT,
)


class Measured(NamedTuple):
    """One value of one metric.

    Attributes:
        metric: its name.
        value: tokens, seconds or dollars.
        attributes: what it is split by.
    """

    metric: str
    value: float
    attributes: Attributes


def measure(span: Span) -> Iterator[Measured]:
    """Yield what a finished span adds to the metrics. Runs add nothing: they sum up what is counted already."""
    known = span.attributes
    seconds = (span.end - span.start) / _NS_PER_S
    failed = {n.ERROR_TYPE: known[n.ERROR_TYPE]} if n.ERROR_TYPE in known else {}
    if known.get(n.OPERATION) == n.EXECUTE_TOOL:
        about = {n.OPERATION: n.EXECUTE_TOOL, n.TOOL_NAME: known.get(n.TOOL_NAME, "unknown"), **failed}
        yield Measured(n.TOOL_METRIC, seconds, about)
    elif known.get(n.OPERATION) == n.CHAT:
        about = _about(known)
        if n.PI_INCOMPLETE not in known:
            yield Measured(n.DURATION_METRIC, seconds, {**about, **failed})
        if n.FIRST_CHUNK in known:
            yield Measured(n.FIRST_CHUNK_METRIC, float(str(known[n.FIRST_CHUNK])), about)
        yield from _usage(known, about)
    elif n.OPERATION not in known:
        yield from _usage(known, _about(known))


def _about(known: Attributes) -> Attributes:
    return {n.OPERATION: n.CHAT, **{name: known[name] for name in _DIMENSIONS if name in known}}


def _usage(known: Attributes, about: Attributes) -> Iterator[Measured]:
    for name, kind in ((n.INPUT_TOKENS, "input"), (n.OUTPUT_TOKENS, "output")):
        if name in known:
            yield Measured(n.USAGE_METRIC, int(str(known[name])), {**about, n.INPUT_OR_OUTPUT: kind})
    if n.PI_COST in known:
        yield Measured(n.COST_METRIC, float(str(known[n.PI_COST])), about)
