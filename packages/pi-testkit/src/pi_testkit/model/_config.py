"""How pi learns of a scripted model."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["PROVIDER", "ModelSpec", "models_json", "settings_json", "write_merged"]

#: The name under which pi knows the scripted model's server.
PROVIDER = "scripted"


@dataclass(frozen=True)
class ModelSpec:
    """One model of the server, as pi is told of it.

    Attributes:
        id: its id.
        context_window: tokens that fit; a small one makes pi compact early.
        max_tokens: longest answer, in tokens.
        reasoning: whether pi may ask it to think.
        images: whether it takes images.
        cost: US dollars for a million tokens of input, output, cache read and cache write.
    """

    id: str
    context_window: int = 128_000
    max_tokens: int = 16_384
    reasoning: bool = False
    images: bool = True
    cost: tuple[float, float, float, float] = (0, 0, 0, 0)


def models_json(url: str, models: Sequence[ModelSpec]) -> dict[str, Any]:
    """The content of pi's ``models.json``.

    Args:
        url: base URL of the server.
        models: the models it serves.

    Returns:
        The JSON object.
    """
    # The key is a placeholder: pi wants one before it takes a model for usable.
    provider = {"baseUrl": url, "api": "openai-completions", "apiKey": "none-needed", "models": [*map(_model, models)]}
    return {"providers": {PROVIDER: provider}}


def settings_json(model: str) -> dict[str, Any]:
    """The settings that make pi use a model at once and show errors at once.

    Args:
        model: id of the default model.

    Returns:
        The JSON object. Retries are off in it, both pi's own and those of the client library inside pi.
    """
    retry = {"enabled": False, "provider": {"maxRetries": 0}}
    return {"defaultProvider": PROVIDER, "defaultModel": model, "quietStartup": True, "retry": retry}


def write_merged(path: Path, values: dict[str, Any]) -> None:
    """Write keys into a JSON file, leaving its other keys alone; objects at top level are merged key by key.

    Args:
        path: the file, which need not exist.
        values: what is written.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    old: dict[str, Any] = json.loads(path.read_bytes()) if path.exists() else {}
    for key, value in values.items():
        both = isinstance(value, dict) and isinstance(old.get(key), dict)
        old[key] = {**old[key], **value} if both else value
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(old, indent=2), encoding="utf-8")
    fresh.replace(path)


def _model(spec: ModelSpec) -> dict[str, Any]:
    return {
        "id": spec.id,
        "name": spec.id,
        "reasoning": spec.reasoning,
        "input": ["text", "image"] if spec.images else ["text"],
        "contextWindow": spec.context_window,
        "maxTokens": spec.max_tokens,
        "cost": dict(zip(("input", "output", "cacheRead", "cacheWrite"), spec.cost, strict=True)),
    }
