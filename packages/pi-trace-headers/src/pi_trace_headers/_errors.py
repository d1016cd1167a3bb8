"""The errors this package raises on purpose."""

from __future__ import annotations

__all__ = ["TraceError"]


class TraceError(Exception):
    """A message for a person that ends a command or leaves out what can't be done."""
