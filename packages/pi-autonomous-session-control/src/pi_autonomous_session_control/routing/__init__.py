"""Free-text routing of the ``self`` tool: which of its kinds a query asks for, or that nobody can tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pi_autonomous_session_control.routing._kinds import DOMAIN_OF, KINDS, UNKNOWN, WRITES
from pi_autonomous_session_control.routing._result import Alternative, Route

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DOMAIN_OF", "KINDS", "UNKNOWN", "WRITES", "Alternative", "Route", "route"]


def route(query: str, context: Mapping[str, Any] | None = None) -> Route:
    """Tell what ``query`` asks for.

    Args:
        query: free text in English, German, Spanish or French; or a JSON object with a member ``query`` or ``op``.
        context: what came with it; its members are taken for slots before anything in the text is.

    Returns:
        The kind with its slots. A question or a negated directive never gets a kind of ``WRITES``; for a query that is
        not understood the kind is ``UNKNOWN`` and the runner-up says what it may have been.
    """
    from pi_autonomous_session_control.routing._route import decide  # noqa: PLC0415  # 20 ms: patterns and the model

    return decide(query, context or {})
