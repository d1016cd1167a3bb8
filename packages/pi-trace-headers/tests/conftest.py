"""A request that nobody makes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from pi_trace_headers._identity import Identity, derive_span_id, derive_trace_id
from pi_trace_headers._state import Request
from pi_trace_headers._variables import Moment

if TYPE_CHECKING:
    from collections.abc import Callable

#: `stress/properties.py` asks for it.
settings.register_profile("stress", max_examples=3000)

SESSION = "01970000-0000-7000-8000-000000000000"
RUN = "0a1b2c3d"


@pytest.fixture
def request_() -> Request:
    """The third request of a session, in the second turn of a run."""
    trace_id = derive_trace_id(SESSION)
    return Request(
        identity=Identity(trace_id, SESSION, run_id=RUN),
        span_id=derive_span_id(trace_id, "chat", f"{SESSION}/1a2b3c4d/0"),
        number=3,
        attempt=1,
        turn=1,
        purpose="chat",
        leaf_id="1a2b3c4d",
    )


@pytest.fixture
def moment() -> Callable[..., Moment]:
    """Makes moments: ``moment(provider="opper", url="...", **of the moment)``."""

    def make(provider: str = "work", url: str = "https://llm.example.com/v1", **more: Any) -> Moment:
        model = {"provider": provider, "id": "gpt-5", "baseUrl": url, "api": "openai-completions"}
        return Moment(model, "tui", "/work", "/sessions/s.jsonl", None)._replace(**more)

    return make
