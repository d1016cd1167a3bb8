"""One stable id, one pi conversation: launch, repair, search and move pi sessions.

Everything public is imported when it is first used: inside pi, the plugin must not pay for the launcher.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pi_session_persistence._errors import (
        BusyError,
        DamagedSessionError,
        HistoryDivergedError,
        IdCollisionError,
        InvalidIdError,
        NotAFileError,
        PersistenceError,
        PiFailedError,
        RegistryError,
        RunTimeoutError,
        TrashedSessionError,
        UndeliveredError,
        WorkingDirectoryError,
    )
    from pi_session_persistence.fsck import Examination, Finding, examine
    from pi_session_persistence.launcher import Courier, Result, Settings, fork_file, run, run_async
    from pi_session_persistence.locking import Holder, Lock, holder, is_locked, lock
    from pi_session_persistence.mapping import canonical, file_name
    from pi_session_persistence.registry import Checkpoint, Record, Registry
    from pi_session_persistence.repair import Repair, repair_file

__all__ = [
    "BusyError",
    "Checkpoint",
    "Courier",
    "DamagedSessionError",
    "Examination",
    "Finding",
    "HistoryDivergedError",
    "Holder",
    "IdCollisionError",
    "InvalidIdError",
    "Lock",
    "NotAFileError",
    "PersistenceError",
    "PiFailedError",
    "Record",
    "Registry",
    "RegistryError",
    "Repair",
    "Result",
    "RunTimeoutError",
    "Settings",
    "TrashedSessionError",
    "UndeliveredError",
    "WorkingDirectoryError",
    "canonical",
    "examine",
    "file_name",
    "fork_file",
    "holder",
    "is_locked",
    "lock",
    "repair_file",
    "run",
    "run_async",
]

_HOMES = {
    "_errors": (
        "BusyError",
        "DamagedSessionError",
        "HistoryDivergedError",
        "IdCollisionError",
        "InvalidIdError",
        "NotAFileError",
        "PersistenceError",
        "PiFailedError",
        "RegistryError",
        "RunTimeoutError",
        "TrashedSessionError",
        "UndeliveredError",
        "WorkingDirectoryError",
    ),
    "fsck": ("Examination", "Finding", "examine"),
    "launcher": ("Courier", "Result", "Settings", "fork_file", "run", "run_async"),
    "locking": ("Holder", "Lock", "holder", "is_locked", "lock"),
    "mapping": ("canonical", "file_name"),
    "registry": ("Checkpoint", "Record", "Registry"),
    "repair": ("Repair", "repair_file"),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME_OF[name]}"), name)
