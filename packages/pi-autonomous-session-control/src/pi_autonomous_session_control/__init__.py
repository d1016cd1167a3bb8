"""The `self` tool: a mirror for pi with memory, loop detection and traps."""

from __future__ import annotations

__all__: list[str] = []
