"""Several terminals on one pi session: turns are serialised per lane and history never forks."""

from __future__ import annotations

__all__: list[str] = []
