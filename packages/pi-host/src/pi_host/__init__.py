"""Run Python plugins inside the real pi coding agent.

What a plugin needs is here; the event and answer classes are in ``pi_host.events``.
"""

from pi_host._commands import Flag, command, flag
from pi_host._companion import Companion, companion
from pi_host._context import Context
from pi_host._errors import CallRefusedError, PiHostError, StaleSessionError
from pi_host._markers import hookimpl
from pi_host._shorthands import Block, Cancel, Handled, Transform
from pi_host._tools import ToolContext, ToolError, ToolResult, tool

__all__ = [
    "Block",
    "CallRefusedError",
    "Cancel",
    "Companion",
    "Context",
    "Flag",
    "Handled",
    "PiHostError",
    "StaleSessionError",
    "ToolContext",
    "ToolError",
    "ToolResult",
    "Transform",
    "command",
    "companion",
    "flag",
    "hookimpl",
    "tool",
]
