"""What the mirror does in pi: follow-ups, calls for help, traps that fire, warnings."""

from __future__ import annotations

from pi_autonomous_session_control.actions._followups import Followups
from pi_autonomous_session_control.actions._guard import Guard
from pi_autonomous_session_control.actions._help import call_for_help
from pi_autonomous_session_control.actions._warnings import Warnings

__all__ = ["Followups", "Guard", "Warnings", "call_for_help"]
