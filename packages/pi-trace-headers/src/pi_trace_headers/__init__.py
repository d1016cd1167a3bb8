"""Trace and affinity headers on every model call of pi, and the same ids as OpenTelemetry spans."""

from __future__ import annotations

__all__: list[str] = []
