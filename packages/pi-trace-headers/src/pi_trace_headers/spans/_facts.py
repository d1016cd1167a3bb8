"""What pi says of models, answers and usage, read without trust in its shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Answer", "ModelFacts", "Usage", "answer_of", "model_of", "usage_of"]

_NS_PER_MS: Final = 1_000_000
_LONGEST_ERROR: Final = 1000


class Usage(msgspec.Struct, frozen=True):
    """What a call cost.

    Attributes:
        input: tokens sent and neither read from nor written to the provider's cache.
        output: tokens of the answer, reasoning included.
        cache_read: tokens that came from the provider's cache.
        cache_write: tokens that were written to it.
        reasoning: tokens of the answer that are reasoning; ``None`` if unknown.
        cost: dollars; ``None`` if unknown.
    """

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0
    reasoning: int | None = None
    cost: float | None = None

    @property
    def all_input(self) -> int:
        """Every token of the prompt, cached or not."""
        return self.input + self.cache_read + self.cache_write

    def __bool__(self) -> bool:
        return bool(self.all_input or self.output)

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.input + other.input,
            self.output + other.output,
            self.cache_read + other.cache_read,
            self.cache_write + other.cache_write,
            _sum(self.reasoning, other.reasoning),
            _sum(self.cost, other.cost),
        )


class ModelFacts(msgspec.Struct, frozen=True):
    """The model that is asked.

    Attributes:
        provider: pi's name of the provider.
        name: the model's name.
        api: the protocol spoken with it.
        address: host of the provider.
        port: port of the provider.
    """

    provider: str = ""
    name: str = ""
    api: str = ""
    address: str = ""
    port: int | None = None


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """How a call of a model ended.

    Attributes:
        model: the model as the message names it.
        stop_reason: pi's word for why it ended.
        usage: what it cost.
        response_model: the model that the provider says has answered.
        response_id: the provider's id of the answer.
        error: why it failed.
        thinking_level: how much the model was to think.
        began: when the request was made, nanoseconds since 1970; ``None`` if unknown.
        output: the message in the form of the conventions, if content is wanted.
    """

    model: ModelFacts
    stop_reason: str = ""
    usage: Usage = Usage()
    response_model: str = ""
    response_id: str = ""
    error: str | None = None
    thinking_level: str = ""
    began: int | None = None
    output: str | None = None


def usage_of(value: Any) -> Usage:
    """Return what pi's ``usage`` says; what is missing or odd counts as nothing."""
    if not isinstance(value, dict):
        return Usage()
    cost = value.get("cost")
    return Usage(
        _count(value.get("input")),
        _count(value.get("output")),
        _count(value.get("cacheRead")),
        _count(value.get("cacheWrite")),
        _count(value["reasoning"]) if "reasoning" in value else None,
        _number(cost.get("total")) if isinstance(cost, dict) else None,
    )


def model_of(model: Mapping[str, Any] | None) -> ModelFacts:
    """Return the facts about one of pi's models."""
    if not model:
        return ModelFacts()
    address, port = _server(_text(model.get("baseUrl")))
    return ModelFacts(
        _text(model.get("provider")), _text(model.get("id")), _text(model.get("api")), address=address, port=port
    )


def answer_of(message: Mapping[str, Any], redact: Callable[[str], str], output: str | None = None) -> Answer:
    """Return what one of pi's assistant messages says about the call it came from.

    Args:
        message: pi's message.
        redact: takes secrets out of the text of an error; providers quote keys that they refuse.
        output: the same in the form of the conventions, if content is wanted.
    """
    began = _number(message.get("timestamp"))
    error = message.get("errorMessage")
    return Answer(
        model=ModelFacts(_text(message.get("provider")), _text(message.get("model")), _text(message.get("api"))),
        stop_reason=_text(message.get("stopReason")),
        usage=usage_of(message.get("usage")),
        response_model=_text(message.get("responseModel")),
        response_id=_text(message.get("responseId")),
        error=redact(error)[:_LONGEST_ERROR] if isinstance(error, str) else None,
        thinking_level=_text(message.get("thinkingLevel")),
        began=int(began * _NS_PER_MS) if began is not None else None,
        output=output,
    )


def _server(url: str) -> tuple[str, int | None]:
    try:
        parts = urlsplit(url)
        return parts.hostname or "", parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:  # not a URL
        return "", None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _number(value: Any) -> float | None:
    finite = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < float("inf")
    return value if finite else None


def _count(value: Any) -> int:
    number = _number(value)
    return max(int(number), 0) if number is not None else 0


def _sum(one: float | None, other: float | None) -> Any:
    return other if one is None else one if other is None else one + other
