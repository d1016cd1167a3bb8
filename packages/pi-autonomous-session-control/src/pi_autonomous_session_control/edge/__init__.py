"""The edge contract: what crosses into the tools is put into shape here, and what must hold is told by name.

Pure functions. A value of the wrong kind counts as absent; whether that is a fault is for the contract to say.
"""

from __future__ import annotations

from pi_autonomous_session_control.edge._contract import Invariant, Issue, Report, asserted, envelope
from pi_autonomous_session_control.edge._ids import Ids
from pi_autonomous_session_control.edge._normal import choice, number, record, text, texts

__all__ = [
    "Ids",
    "Invariant",
    "Issue",
    "Report",
    "asserted",
    "choice",
    "envelope",
    "number",
    "record",
    "text",
    "texts",
]
