"""Where the lanes' state is kept: the contract of a store, and the store that keeps it in files on one machine."""

from __future__ import annotations

from pi_lane.store._contract import (
    AbortRequest,
    Batch,
    LaneState,
    Liveness,
    Owner,
    Store,
    Versioned,
    Waiter,
)
from pi_lane.store._file import FileStore

__all__ = [
    "AbortRequest",
    "Batch",
    "FileStore",
    "LaneState",
    "Liveness",
    "Owner",
    "Store",
    "Versioned",
    "Waiter",
]
