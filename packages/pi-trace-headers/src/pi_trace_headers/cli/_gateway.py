"""A provider for pi, made of a gateway."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import urlsplit

from pi_trace_headers._errors import TraceError

if TYPE_CHECKING:
    from pi_trace_headers._presets import Launch, Preset

__all__ = ["CONTEXT_WINDOW", "Wanted", "launch_of", "provider_config"]

#: What a model can read unless somebody says otherwise, tokens.
CONTEXT_WINDOW: Final = 128_000

_MAX_TOKENS: Final = 16_384


class Wanted(NamedTuple):
    """What was asked for on the command line.

    Attributes:
        model: the model, as the gateway calls it.
        base_url: the gateway's API.
        key_env: the variable that holds its key.
        context_window: what the model can read, tokens.
        reasoning: whether the model can think.
    """

    model: str | None
    base_url: str | None
    key_env: str | None
    context_window: int
    reasoning: bool


def launch_of(gateway: str, preset: Preset, wanted: Wanted) -> Launch:
    """Return what a provider is made of.

    Raises:
        TraceError: none can be made of this gateway, or its address is missing.
    """
    launch = preset.launch
    if launch is None:
        raise TraceError(f"no provider can be made of {gateway!r}; name one that pi knows with --provider")
    if not _url(launch, wanted):
        raise TraceError(f"{gateway!r} has no address of its own; give --base-url, or --provider for one that pi knows")
    return launch


def provider_config(launch: Launch, wanted: Wanted) -> dict[str, Any]:
    """Return pi's configuration of the provider, with the name of its key's variable in place of the key.

    Raises:
        TraceError: address, key or model are missing or can't be.
    """
    url = _url(launch, wanted)
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise TraceError(f"{url!r} is no address of an API; give one such as https://gateway.example.com/v1")
    key_env = wanted.key_env or launch.key_env
    if not os.environ.get(key_env):
        raise TraceError(f"{key_env} is not set; put the gateway's key there, or name its variable with --key-env")
    if not wanted.model:
        raise TraceError("which model? give --model with the gateway's name of it")
    return {
        "name": launch.provider,
        "keyEnv": key_env,
        "baseUrl": url,
        "api": "openai-completions",
        "models": [_model(wanted.model, wanted)],
    }


def _model(name: str, wanted: Wanted) -> dict[str, Any]:
    return {
        "id": name,
        "name": name,
        "reasoning": wanted.reasoning,
        "input": ["text", "image"],
        "cost": {"input": 0, "output": 0, "cacheRead": 0, "cacheWrite": 0},
        "contextWindow": wanted.context_window,
        "maxTokens": min(_MAX_TOKENS, wanted.context_window),
    }


def _url(launch: Launch, wanted: Wanted) -> str:
    return wanted.base_url or os.environ.get(launch.base_url_env or "") or launch.base_url or ""
