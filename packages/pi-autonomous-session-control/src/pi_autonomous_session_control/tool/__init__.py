"""The tool `self`: questions and directives to the mirror, and what it answers."""

from __future__ import annotations

from pi_autonomous_session_control.tool._invariants import Counters, check, page
from pi_autonomous_session_control.tool._records import Answer, Question, View
from pi_autonomous_session_control.tool._resolve import OPS, details, resolve
from pi_autonomous_session_control.tool._vault import Compatibility, compatibility

__all__ = [
    "OPS",
    "Answer",
    "Compatibility",
    "Counters",
    "Question",
    "View",
    "check",
    "compatibility",
    "details",
    "page",
    "resolve",
]
