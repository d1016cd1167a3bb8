"""What a query says beyond its kind, under the names that the tool's context has for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pi_autonomous_session_control import edge
from pi_autonomous_session_control.routing._kinds import UNKNOWN
from pi_autonomous_session_control.routing._quantities import quantities
from pi_autonomous_session_control.routing._text import named_topic, own_text

if TYPE_CHECKING:
    from pi_autonomous_session_control.routing._analysis import Analysis

__all__ = ["slots"]

#: Under which name the text of each kind goes, and which other members of the context belong to the kind.
_TEXT: Final = {
    "spawn_branch": "objective",
    "signal_confidence": "context",
    "request_help": "topic",
    "remember_pattern": "pattern",
    "recall_patterns": "topic",
    "forget_pattern": "pattern",
    "mark_trap": "description",
    "list_traps": "topic",
    "create_checkpoint": "reason",
    "queue_followup": "text",
    "prefill_editor": "text",
}
#: Behind which concepts the text stands when neither a colon nor a quote nor a preposition shows it.
_HEADS: Final = {
    "remember_pattern": frozenset({"REMEMBER", "SAVE", "LEARN"}),
    "forget_pattern": frozenset({"FORGET", "DELETE"}),
    "mark_trap": frozenset({"TRAP"}),
    "create_checkpoint": frozenset({"CHECKPOINT"}),
    "queue_followup": frozenset({"REMIND", "FOLLOWUP", "QUEUE"}),
    "prefill_editor": frozenset({"PREFILL"}),
}
_MEMBERS: Final = {
    "spawn_branch": ("entryId",),
    "request_help": ("context",),
    "remember_pattern": ("topic",),
    "forget_pattern": ("patternId", "topic"),
    "mark_trap": ("topic",),
    "check_traps": ("currentContext",),
    "trap_proximity": ("currentContext",),
    "create_checkpoint": ("entryId",),
    "queue_followup": ("context",),
}
_LEVELS: Final = frozenset({"high", "medium", "low", "blocked"})
_URGENCIES: Final = frozenset({"low", "medium", "high"})


def slots(seen: Analysis, kind: str) -> dict[str, Any]:
    """Return the slots of a query that was understood as ``kind``; what its context says wins over its text."""
    return {} if kind == UNKNOWN else _said(seen, kind) | _given(seen, kind)


def _said(seen: Analysis, kind: str) -> dict[str, Any]:
    """Return what the words say."""
    # Numbers in the user's own text are the text's; only a reminder's delay may stand in it.
    found = quantities([item for clause in seen.kept for item in clause.items])
    if name := _TEXT.get(kind):
        text = own_text(seen, _HEADS.get(kind, frozenset()), keep_leading=kind == "create_checkpoint")
        found |= {name: text} if text else {}
    if kind == "queue_followup" and (span := quantities(seen.items).get("span")):
        found["span"] = span
    elif kind == "remember_pattern" and (topic := named_topic(seen.query)):
        found["topic"] = topic
    elif kind == "forget_pattern" and (ids := [item.tokens[0].text for item in seen.items if item.sort == "id"]):
        found["patternId"] = ids[0]
    elif kind == "signal_confidence":
        found["level"] = edge.choice(seen.context.get("level"), _LEVELS) or _level(seen)
    elif kind == "request_help":
        found["urgency"] = edge.choice(seen.context.get("urgency"), _URGENCIES) or _urgency(seen)
    return found


def _given(seen: Analysis, kind: str) -> dict[str, Any]:
    """Return what the context says; blank texts count as absent."""
    members = [name for name in (_TEXT.get(kind), *_MEMBERS.get(kind, ())) if name]
    found: dict[str, Any] = {
        name: value for name in members if (value := edge.text(seen.context.get(name))) is not None
    }
    if kind == "mark_trap" and (triggers := edge.texts(seen.context.get("triggers"))) is not None:
        found["triggers"] = triggers
    return found


def _level(seen: Analysis) -> str:
    concepts = {concept for item in seen.items for concept in item.concepts}
    if concepts & {"BLOCKED", "STUCK"}:
        return "blocked"
    denied = _is_denied(seen)
    if "UNSURE" in concepts or denied:
        return "low"
    for level in ("LOW", "MEDIUM"):
        if level in concepts:
            return level.lower()
    certain = any("CONFIDENT" in item.concepts and "CONFWORD" not in item.concepts for item in seen.items)
    return "high" if certain or "HIGH" in concepts else "medium"


def _is_denied(seen: Analysis) -> bool:
    """Return whether a negation stands before the confidence, or right behind it."""
    words = seen.items
    at = next((at for at, item in enumerate(words) if "CONFIDENT" in item.concepts), None)
    return at is not None and any("NEG" in item.concepts for item in words[: at + 2])


def _urgency(seen: Analysis) -> str:
    concepts = {concept for item in seen.items for concept in item.concepts}
    if "UNHURRIED" in concepts:
        return "low"
    return "high" if "URGENT" in concepts else "medium"
