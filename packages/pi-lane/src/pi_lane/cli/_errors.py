"""Errors of the command line."""

from __future__ import annotations

from pi_lane._errors import LaneError

__all__ = ["CommandError"]


class CommandError(LaneError):
    """A command that can't do what was asked; the message says what to do instead."""
