"""What was learned, across sessions: stored, searched, faded, shared."""

from __future__ import annotations

from pi_autonomous_session_control.memory._errors import (
    DamagedError,
    FullError,
    InvalidError,
    MemoryStoreError,
    NewerError,
    ReadOnlyError,
    SecretError,
    UnavailableError,
)
from pi_autonomous_session_control.memory._paths import database_path, snapshot_path
from pi_autonomous_session_control.memory._place import Place, locate
from pi_autonomous_session_control.memory._quota import Quota
from pi_autonomous_session_control.memory._records import (
    Change,
    Clock,
    Draft,
    Memory,
    Origin,
    Scope,
    Stored,
    wall_clock,
)
from pi_autonomous_session_control.memory._search import Search
from pi_autonomous_session_control.memory._secrets import mask
from pi_autonomous_session_control.memory._store import Hit, MemoryStore
from pi_autonomous_session_control.memory._sync import Snapshot, Synced
from pi_autonomous_session_control.memory._text import preview, printable
from pi_autonomous_session_control.memory._transfer import Imported, dump, load

__all__ = [
    "Change",
    "Clock",
    "DamagedError",
    "Draft",
    "FullError",
    "Hit",
    "Imported",
    "InvalidError",
    "Memory",
    "MemoryStore",
    "MemoryStoreError",
    "NewerError",
    "Origin",
    "Place",
    "Quota",
    "ReadOnlyError",
    "Scope",
    "Search",
    "SecretError",
    "Snapshot",
    "Stored",
    "Synced",
    "UnavailableError",
    "database_path",
    "dump",
    "load",
    "locate",
    "mask",
    "preview",
    "printable",
    "snapshot_path",
    "wall_clock",
]
