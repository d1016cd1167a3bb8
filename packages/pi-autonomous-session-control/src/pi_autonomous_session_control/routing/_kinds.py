"""What can be asked: the domains, the kinds of each, and which of them change something."""

from __future__ import annotations

from typing import Final

__all__ = ["DOMAIN_OF", "KINDS", "UNKNOWN", "WRITES"]

#: The kind and the domain of a query that is not understood.
UNKNOWN: Final = "unknown"

#: The kinds of each domain, as published.
KINDS: Final[dict[str, tuple[str, ...]]] = {
    "perception": (
        "files_touched",
        "commands_run",
        "errors_encountered",
        "am_i_looping",
        "progress_status",
        "success_rate",
        "time_since_change",
        "session_summary",
    ),
    "direction": ("spawn_branch", "list_branches", "compare_branches", "signal_confidence", "request_help"),
    "crystallization": ("remember_pattern", "recall_patterns", "forget_pattern"),
    "protection": ("mark_trap", "check_traps", "trap_proximity", "list_traps"),
    "action": ("create_checkpoint", "queue_followup", "prefill_editor"),
    "meta": ("capability_discovery",),
}

DOMAIN_OF: Final = {kind: domain for domain, kinds in KINDS.items() for kind in kinds} | {UNKNOWN: UNKNOWN}

#: Kinds that store, change or deliver something: a question or a negated directive never gets one of these.
WRITES: Final = frozenset(
    {
        "create_checkpoint",
        "forget_pattern",
        "mark_trap",
        "prefill_editor",
        "queue_followup",
        "remember_pattern",
        "request_help",
        "signal_confidence",
        "spawn_branch",
    }
)
