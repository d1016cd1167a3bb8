"""Traps: warnings that fire before the agent steps in again."""

from __future__ import annotations

from pi_autonomous_session_control.traps._match import match, strongest
from pi_autonomous_session_control.traps._records import Hit, Level, Matcher, ToolCall, Trap
from pi_autonomous_session_control.traps._store import HitStats, NewTrap, Outcome, TrapStore, trap_of

__all__ = [
    "Hit",
    "HitStats",
    "Level",
    "Matcher",
    "NewTrap",
    "Outcome",
    "ToolCall",
    "Trap",
    "TrapStore",
    "match",
    "strongest",
    "trap_of",
]
