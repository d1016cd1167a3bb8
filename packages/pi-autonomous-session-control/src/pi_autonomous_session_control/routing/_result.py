"""What the router answers."""

from __future__ import annotations

from typing import Any

import msgspec

__all__ = ["Alternative", "Route"]


class Alternative(msgspec.Struct, frozen=True):
    """What else a query may have meant.

    Attributes:
        domain: a published domain.
        kind: a kind of that domain.
        score: how likely, 0 to 1.
    """

    domain: str
    kind: str
    score: float


class Route(msgspec.Struct, frozen=True):
    """What a query asks for.

    Attributes:
        understood: ``False`` if nothing is likely enough, or if a directive was taken back.
        intent: the domain, under the name that the tool's result has for it.
        domain: ``perception``, ``direction``, ``crystallization``, ``protection``, ``action``, ``meta`` or ``unknown``.
        kind: a kind of that domain, ``unknown`` if not understood.
        slots: what the query says beyond its kind, under the published names of the context's members.
        score: how likely the kind is, 0 to 1.
        runner_up: the next likely kind; the likeliest one if the query is not understood.
    """

    understood: bool
    intent: str
    domain: str
    kind: str
    slots: dict[str, Any]
    score: float
    runner_up: Alternative | None
