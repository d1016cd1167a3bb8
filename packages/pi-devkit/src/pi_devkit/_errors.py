"""Errors of the development kit."""

from __future__ import annotations

__all__ = ["DevkitError", "EnvironmentMissingError"]


class DevkitError(Exception):
    """Something that can't be done; the message is one line that says what, and what to do next."""


class EnvironmentMissingError(DevkitError):
    """What a check needs is not on this machine, or could not be asked; no verdict about the component."""
