"""A request that is never made, to show what it would carry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pi_trace_headers._identity import Identity, derive_span_id, derive_trace_id
from pi_trace_headers._state import Request
from pi_trace_headers._variables import Moment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pi_trace_headers._engine import Engine

__all__ = ["rehearse"]

_SESSION: Final = "01970000-0000-7000-8000-000000000000"
_PARENT: Final = "01960000-0000-7000-8000-000000000000"
_RUN: Final = "0a1b2c3d"


def rehearse(engine: Engine, model: Mapping[str, Any], mode: str) -> dict[str, str]:
    """Return the headers of a request to ``model`` in a session that does not exist.

    Args:
        engine: the rules.
        model: the model as pi describes it.
        mode: how pi would run.
    """
    trace_id = derive_trace_id(_SESSION)
    request = Request(
        identity=Identity(trace_id, _SESSION, run_id=_RUN, parent_session_id=_PARENT),
        span_id=derive_span_id(trace_id, "chat", _SESSION),
        number=1,
        attempt=1,
        turn=0,
        purpose="chat",
        leaf_id=_RUN,
    )
    moment = Moment(model, mode, "/work", f"/sessions/{_SESSION}.jsonl", "a session")
    return engine.render(request, moment, []).headers
