"""The errors this package raises on purpose."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pi_session_persistence.fsck import Finding
    from pi_session_persistence.launcher import Result
    from pi_session_persistence.locking import Holder

__all__ = [
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
]


class PersistenceError(Exception):
    """Base of all errors of this package; its text is for a person."""


class InvalidIdError(PersistenceError):
    """An external id that nothing can be called by."""


class IdCollisionError(PersistenceError):
    """Two external ids that would share one session file."""


class RegistryError(PersistenceError):
    """The registry can't be used."""


class NotAFileError(PersistenceError):
    """A path that leads to something else than a regular file."""


class TrashedSessionError(PersistenceError):
    """A session that was pruned; a run would begin anew under its id.

    Attributes:
        external_id: its external id.
    """

    def __init__(self, external_id: str) -> None:
        self.external_id = external_id
        word = shlex.quote(external_id)
        super().__init__(
            f"the session of {external_id!r} was pruned; `pi-session trash restore {word}` brings it back, "
            f"`pi-session trash empty {word} --yes` deletes it, and the next run begins anew"
        )


class BusyError(PersistenceError):
    """Somebody else has the session.

    Attributes:
        file: the session file.
        holder: who has it, as far as they told.
    """

    def __init__(self, file: Path, holder: Holder | None, hint: str = "wait for its end") -> None:
        self.file = file
        self.holder = holder
        super().__init__(f"{str(file)!r} is in use by {holder or 'another process'}; {hint}")


class DamagedSessionError(PersistenceError):
    """A session file that pi can't go on with and that can't be repaired.

    Attributes:
        file: the session file.
        findings: what is wrong with it.
    """

    def __init__(self, file: Path, findings: Sequence[Finding]) -> None:
        self.file = file
        self.findings = list(findings)
        first = findings[0]
        super().__init__(
            f"{str(file)!r}: {first.message} ({first.code}, line {first.line}), which can't be repaired; nothing was "
            "changed; put a good copy in its place, or move it away to begin anew"
        )


class WorkingDirectoryError(PersistenceError):
    """The working directory in a session's header is not the one asked for, or is gone."""


class HistoryDivergedError(PersistenceError):
    """What is in the session file does not go on from what was there before."""


class PiFailedError(PersistenceError):
    """pi ended with an error.

    Attributes:
        returncode: pi's exit code; negative for a signal.
        stderr: the end of what it wrote there.
        stored: whether the prompt is in the session file, so that the same prompt again would be there twice.
    """

    def __init__(self, returncode: int, stderr: str, *, stored: bool) -> None:
        self.returncode = returncode
        self.stderr = stderr
        self.stored = stored
        said = f"it said {stderr.strip()[-500:]!r}" if stderr.strip() else "it said nothing"
        super().__init__(f"pi ended with exit code {returncode}; {said}; {_kept(stored=stored)}")


class RunTimeoutError(PersistenceError, TimeoutError):
    """pi took longer than it was given, and was ended.

    Attributes:
        stored: as for ``PiFailedError``.
    """

    def __init__(self, timeout_s: float, *, stored: bool) -> None:
        self.stored = stored
        super().__init__(f"pi was ended after {timeout_s:g} s; {_kept(stored=stored)}")


class UndeliveredError(PersistenceError):
    """A run is done, and what it did is in the session file, but its courier could not take that away.

    Attributes:
        result: what came of the run.
    """

    def __init__(self, result: Result, why: str) -> None:
        self.result = result
        super().__init__(why)


def _kept(*, stored: bool) -> str:
    return "the prompt is in the session" if stored else "the prompt is not in the session"
