"""Ids that are unique within a process and say when they were made."""

from __future__ import annotations

__all__ = ["Ids"]


class Ids:
    """Makes ids such as ``branch-1790000000000``, and ``branch-1790000000000-1`` in the same millisecond."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[int, int]] = {}

    def new(self, prefix: str, now: int) -> str:
        """Return an id that was not returned before, ``now`` being ms since 1970."""
        at, number = self._last.get(prefix, (0, 0))
        number = number + 1 if at == now else 0
        self._last[prefix] = (now, number)
        return f"{prefix}-{now}-{number}" if number else f"{prefix}-{now}"
