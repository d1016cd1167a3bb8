"""What a query must mention before a kind is believed, however likely the model finds it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pi_autonomous_session_control.routing._kinds import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pi_autonomous_session_control.routing._clauses import Clause

__all__ = ["evident"]

_TRAPS: Final = "TRAP DANGER ISSUE WARN AVOID"
_MEMORIES: Final = "REMEMBER MEMORY LEARN RECALL KNOW SAVED"
_EVIDENCE: Final = {
    kind: frozenset(concepts.split())
    for kind, concepts in {
        "files_touched": "FILE CHANGE CREATED",
        "commands_run": "COMMAND RUN HISTORY RATE",
        "errors_encountered": "ERROR FAIL PROBLEM SUCCESS",
        "am_i_looping": "LOOP STUCK SAME ALREADY",
        "progress_status": "PROGRESS STALL STUCK",
        "success_rate": "RATE SUCCESS ERFOLG",
        "time_since_change": "CHANGE SINCE TURN TIME WHEN FILE",
        "session_summary": "SUMMARY STATUS DOING SESSION CHECK HISTORY",
        "spawn_branch": "SPAWN BRANCH ALTERNATIVE OTHER",
        "list_branches": "BRANCH ALTERNATIVE",
        "compare_branches": "COMPARE BETTER",
        "signal_confidence": "CONFIDENT UNSURE BLOCKED STUCK CONFWORD",
        "request_help": "HELP HUMAN STUCK SOLVE URGENT",
        "remember_pattern": f"{_MEMORIES} SAVE",
        "recall_patterns": f"{_MEMORIES} REMIND",
        "forget_pattern": "FORGET DELETE MEMORY",
        "mark_trap": f"{_TRAPS} PROBLEM",
        "check_traps": f"{_TRAPS} PROBLEM TRIGGER",
        "trap_proximity": f"{_TRAPS} PROBLEM NEAR",
        "list_traps": _TRAPS,
        "create_checkpoint": "CHECKPOINT SAVE HERE",
        "queue_followup": "REMIND FOLLOWUP QUEUE LATER",
        "prefill_editor": "PREFILL EDITOR SUGGEST",
        "capability_discovery": "META UNDERSTAND QUERY TOOL COMMAND",
    }.items()
}


def evident(clauses: Iterable[Clause]) -> frozenset[str]:
    """Return the kinds of which the clauses mention anything that they are about, and the unknown one."""
    said = frozenset().union(*(item.concepts for clause in clauses for item in clause.items))
    return frozenset(kind for kind, wanted in _EVIDENCE.items() if not said.isdisjoint(wanted)) | {UNKNOWN}
