"""From a query to its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pi_autonomous_session_control import edge
from pi_autonomous_session_control.memory import MemoryStoreError
from pi_autonomous_session_control.routing import DOMAIN_OF, UNKNOWN, Route, route
from pi_autonomous_session_control.tool import _action, _crystallization, _direction, _meta, _perception, _protection
from pi_autonomous_session_control.tool._records import Answer, Question

if TYPE_CHECKING:
    from collections.abc import Callable

    from pi_autonomous_session_control.tool._records import View

__all__ = ["OPS", "details", "resolve"]

_HANDLERS: Final[dict[str, Callable[[Question], Answer]]] = {
    "files_touched": _perception.files_touched,
    "commands_run": _perception.commands_run,
    "errors_encountered": _perception.errors_encountered,
    "am_i_looping": _perception.am_i_looping,
    "progress_status": _perception.progress_status,
    "success_rate": _perception.success_rate,
    "time_since_change": _perception.time_since_change,
    "session_summary": _perception.session_summary,
    "spawn_branch": _direction.spawn_branch,
    "list_branches": _direction.list_branches,
    "compare_branches": _direction.compare_branches,
    "signal_confidence": _direction.signal_confidence,
    "request_help": _direction.request_help,
    "remember_pattern": _crystallization.remember_pattern,
    "recall_patterns": _crystallization.recall_patterns,
    "forget_pattern": _crystallization.forget_pattern,
    "mark_trap": _protection.mark_trap,
    "check_traps": _protection.check_traps,
    "trap_proximity": _protection.check_traps,
    "list_traps": _protection.list_traps,
    "create_checkpoint": _action.create_checkpoint,
    "queue_followup": _action.queue_followup,
    "prefill_editor": _action.prefill_editor,
    "capability_discovery": _meta.capability_discovery,
}

#: What ``op`` may be.
OPS: Final = tuple(_HANDLERS)

#: Under which name the text of a query goes when ``op`` says what is meant.
_TEXT: Final = {
    "spawn_branch": "objective",
    "signal_confidence": "context",
    "request_help": "topic",
    "remember_pattern": "pattern",
    "recall_patterns": "topic",
    "forget_pattern": "pattern",
    "mark_trap": "description",
    "check_traps": "currentContext",
    "trap_proximity": "currentContext",
    "list_traps": "topic",
    "create_checkpoint": "reason",
    "queue_followup": "text",
    "prefill_editor": "text",
}


def resolve(query: str, context: object, op: str | None, view: View) -> tuple[Route, Answer]:
    """Return how a query was understood, and its answer; nothing is raised for what is in it.

    Args:
        query: the question or directive.
        context: what came with it; anything but an object counts as nothing.
        op: the kind that is meant, ``None`` to find it out from the query.
        view: what the mirror knows.
    """
    given = edge.record(context)
    found = _explicit(op.strip(), query, given) if op is not None and op.strip() else route(query, given)
    handler = _HANDLERS.get(found.kind)
    if handler is None or not found.understood:
        return found, _meta.not_understood(op or query, found)
    try:
        return found, handler(Question(found.kind, found.slots, given, view))
    except (MemoryStoreError, ValueError) as error:
        return found, Answer(text=f"That did not work: {error}.", understood=True)


def details(found: Route, answer: Answer) -> dict[str, Any]:
    """Return the published details of a result."""
    shown: dict[str, Any] = {"understood": answer.understood, "intent": found.domain}
    if answer.data is not None:
        shown["data"] = answer.data
    return shown


def _explicit(op: str, query: str, context: dict[str, Any]) -> Route:
    kind = op.rpartition(".")[2]
    domain = DOMAIN_OF.get(kind, UNKNOWN)
    if kind not in _HANDLERS or op not in {kind, f"{domain}.{kind}"}:
        return Route(False, UNKNOWN, UNKNOWN, UNKNOWN, {}, 0.0, None)  # noqa: FBT003  # a struct's fields in order
    slots = dict(context)
    name = _TEXT.get(kind)
    if name is not None and query.strip() and edge.text(slots.get(name)) is None:
        slots[name] = query
    slots["triggers"] = edge.texts(slots.get("triggers")) or []
    return Route(True, domain, domain, kind, slots, 1.0, None)  # noqa: FBT003  # as above
