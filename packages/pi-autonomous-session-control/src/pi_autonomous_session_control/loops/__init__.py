"""Loops: what repeats without getting anywhere, why, and a way out."""

from __future__ import annotations

from pi_autonomous_session_control.loops._find import STALLED, find
from pi_autonomous_session_control.loops._history import history
from pi_autonomous_session_control.loops._records import LOOPS, Pattern, Severity

__all__ = ["LOOPS", "STALLED", "Pattern", "Severity", "find", "history"]
