"""Facts as attributes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pi_trace_headers.spans import _names as n

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pi_trace_headers.spans._facts import Answer, ModelFacts, Usage
    from pi_trace_headers.spans._model import Attributes, Value

__all__ = ["answer_attributes", "error_type", "model_attributes", "span_name", "usage_attributes", "without_blanks"]

_ABORTS: Final = frozenset({"This operation was aborted", "Request was aborted", "Request was aborted."})
_STATUS: Final = re.compile(r"\D{0,24}?\b([45]\d\d)\b")


def model_attributes(model: ModelFacts) -> Attributes:
    """Return what the conventions want to know about who is asked."""
    return without_blanks(
        {
            n.PROVIDER: n.PROVIDERS.get(model.provider, model.provider),
            n.PI_PROVIDER: model.provider,
            n.PI_API: model.api,
            n.REQUEST_MODEL: model.name,
            n.SERVER_ADDRESS: model.address,
            n.SERVER_PORT: model.port,
        }
    )


def usage_attributes(usage: Usage) -> Attributes:
    """Return the tokens as the conventions count them: the input includes what was cached."""
    attributes: Attributes = {n.INPUT_TOKENS: usage.all_input, n.OUTPUT_TOKENS: usage.output}
    if usage.cache_read:
        attributes[n.CACHE_READ_TOKENS] = usage.cache_read
    if usage.cache_write:
        attributes[n.CACHE_WRITE_TOKENS] = usage.cache_write
    if usage.reasoning:
        attributes[n.REASONING_TOKENS] = usage.reasoning
    if usage.cost is not None:
        attributes[n.PI_COST] = round(usage.cost, 9)
    return attributes


def answer_attributes(answer: Answer) -> Attributes:
    """Return how a call ended."""
    reason = n.STOP_REASONS.get(answer.stop_reason, answer.stop_reason)
    attributes = without_blanks(
        {
            n.RESPONSE_MODEL: answer.response_model,
            n.RESPONSE_ID: answer.response_id,
            n.FINISH_REASONS: [reason] if reason else None,
            n.PI_THINKING: answer.thinking_level,
            n.OUTPUT_MESSAGES: answer.output,
        }
    )
    return {**attributes, **(usage_attributes(answer.usage) if answer.usage else {})}


def error_type(stop_reason: str, error: str | None) -> str | None:
    """Return the kind of a failure in few words: an HTTP status, ``aborted``, or the conventions' catch-all.

    Returns:
        ``None`` if it is no failure.
    """
    # pi 0.87.1 calls an abort between two requests an error, and only the text tells.
    if stop_reason == "aborted" or (stop_reason == "error" and error in _ABORTS):
        return "aborted"
    if stop_reason != "error":
        return None
    status = _STATUS.match(error or "")
    return status[1] if status else n.OTHER_ERROR


def span_name(operation: str, of: str) -> str:
    """Return the conventions' name of a span: the operation and, if known, what it is done to."""
    return f"{operation} {of}" if of else operation


def without_blanks(attributes: Mapping[str, Value | None]) -> Attributes:
    """Return the attributes that say something."""
    return {name: value for name, value in attributes.items() if value is not None and value != ""}
