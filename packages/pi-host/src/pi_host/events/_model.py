"""Requests to the model provider, and which model and thinking level are in use.

Written by codegen/sync.py; do not edit.
"""

from typing import Any, ClassVar

from pi_host._base import Answer, Event
from pi_host.events._types import (
    Api,
    CacheWarmingAction,
    Model,
    ModelSelectSource,
    ProviderHeaders,
    ProviderId,
    ThinkingLevel,
)

__all__ = [
    "AfterProviderResponseEvent",
    "BeforeProviderHeadersEvent",
    "BeforeProviderRequestEvent",
    "CacheWarmingDecisionAnswer",
    "CacheWarmingDecisionEvent",
    "ModelSelectEvent",
    "ProviderStreamEvent",
    "ThinkingLevelSelectEvent",
]


class CacheWarmingDecisionEvent(Event, kw_only=True):
    """A decision to refresh the provider's prompt cache, or to let it expire, may be overruled.

    Attributes:
        warm_cost: What this refresh costs, in dollars.
        miss_cost: What an expired cache would cost on the next request, in dollars.
        continuation_probability: How likely pi thinks another request is, from 0 to 1.
        action: What pi decided.
    """

    name: ClassVar[str] = "cache_warming_decision"

    warm_cost: int | float
    miss_cost: int | float
    continuation_probability: int | float
    action: CacheWarmingAction


class CacheWarmingDecisionAnswer(Answer, kw_only=True):
    """What a plugin may answer to ``cache_warming_decision``.

    Attributes:
        action: What to do instead; ``stop`` ends warming until the next real request.
    """

    action: CacheWarmingAction | None = None


class BeforeProviderRequestEvent(Event, kw_only=True):
    """The body of a request is complete, in the provider's own format.

    Attributes:
        payload: The body as the provider will get it.
    """

    name: ClassVar[str] = "before_provider_request"

    payload: Any


class BeforeProviderHeadersEvent(Event, kw_only=True):
    """The headers of a request are complete and may be changed in place.

    Attributes:
        headers: The headers; a value of ``None`` removes that header.
    """

    name: ClassVar[str] = "before_provider_headers"

    headers: ProviderHeaders


class AfterProviderResponseEvent(Event, kw_only=True):
    """The provider answered; its status and headers are known.

    Attributes:
        status: The HTTP status.
        headers: The response headers.
    """

    name: ClassVar[str] = "after_provider_response"

    status: int
    headers: dict[str, str]


class ProviderStreamEvent(Event, kw_only=True):
    """A piece of the provider's stream arrived, in the provider's own format.

    Attributes:
        provider: The provider's name.
        api: The protocol spoken with it.
        model: The model's name.
        data: The piece as the provider sent it.
    """

    name: ClassVar[str] = "provider_stream_event"

    provider: ProviderId
    api: Api
    model: str
    data: Any


class ModelSelectEvent(Event, kw_only=True):
    """Another model was chosen.

    Attributes:
        model: The model in use from now on.
        previous_model: The model in use before.
        source: How it was chosen.
    """

    name: ClassVar[str] = "model_select"

    model: Model
    previous_model: Model | None = None
    source: ModelSelectSource


class ThinkingLevelSelectEvent(Event, kw_only=True):
    """Another thinking level was chosen.

    Attributes:
        level: The level in use from now on.
        previous_level: The level in use before.
    """

    name: ClassVar[str] = "thinking_level_select"

    level: ThinkingLevel
    previous_level: ThinkingLevel
