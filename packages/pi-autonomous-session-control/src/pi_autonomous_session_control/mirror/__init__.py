"""What really happened in a session: a log of events, and the state as the fold over those on the current branch."""

from __future__ import annotations

from pi_autonomous_session_control.mirror._events import (
    Asked,
    Began,
    Branched,
    Call,
    Change,
    Compacted,
    Confident,
    Delivered,
    Event,
    Marked,
    Moved,
    Queued,
    Result,
    Run,
    RunEnded,
    RunnerReport,
    Trapped,
    Turn,
    TurnEnded,
    UserShell,
    Warned,
)
from pi_autonomous_session_control.mirror._fold import CommandRun, ErrorKind, FileState, State, fold
from pi_autonomous_session_control.mirror._log import Log, LogError, Record, SessionRow, log_path
from pi_autonomous_session_control.mirror._mirror import Beginning, Mirror
from pi_autonomous_session_control.mirror._normal import command_key, error_signature
from pi_autonomous_session_control.mirror._reading import safe
from pi_autonomous_session_control.mirror._runners import tests_of

__all__ = [
    "Asked",
    "Began",
    "Beginning",
    "Branched",
    "Call",
    "Change",
    "CommandRun",
    "Compacted",
    "Confident",
    "Delivered",
    "ErrorKind",
    "Event",
    "FileState",
    "Log",
    "LogError",
    "Marked",
    "Mirror",
    "Moved",
    "Queued",
    "Record",
    "Result",
    "Run",
    "RunEnded",
    "RunnerReport",
    "SessionRow",
    "State",
    "Trapped",
    "Turn",
    "TurnEnded",
    "UserShell",
    "Warned",
    "command_key",
    "error_signature",
    "fold",
    "log_path",
    "safe",
    "tests_of",
]
