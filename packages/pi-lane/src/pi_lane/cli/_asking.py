"""From what was asked on the command line to what there is to see."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Final

from pi_lane.cli._session import find_session
from pi_lane.cli._view import View, look
from pi_lane.store import FileStore

if TYPE_CHECKING:
    from pi_lane.cli._options import Options

__all__ = ["Asked"]

_STALE_MS: Final = 15_000
_STALE_VARIABLES: Final = ("PI_LANE_INSTANCE_STALE_MS", "PI_SYNC_INSTANCE_STALE_MS", "PBB_INSTANCE_STALE_MS")


class Asked:
    """A session that was asked about, to be looked at once or again and again.

    Args:
        options: what was asked for.

    Raises:
        CommandError: there is no such session.
    """

    def __init__(self, options: Options) -> None:
        self._stale_ms = _stale_ms() if options.stale_ms is None else options.stale_ms
        self.identity, self.paths = find_session(options.session, stale_ms=self._stale_ms)
        # Never opened: whoever only looks is no terminal of the session.
        self._store = FileStore(self.paths, "pil")

    def look(self) -> View:
        """Return what there is to see now."""
        return asyncio.run(look(self.identity, self._store, self.paths, stale_ms=self._stale_ms))


def _stale_ms() -> int:
    for name in _STALE_VARIABLES:
        value = os.environ.get(name, "")
        if value.isascii() and value.isdigit():
            return int(value)
    return _STALE_MS
