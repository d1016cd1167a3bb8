"""Whether a conversation really went on: what was there before a run, and what is there after it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from pi_host.sessionfile import Session
from pi_session_persistence._errors import HistoryDivergedError
from pi_session_persistence.registry import Checkpoint, checkpoint, is_beginning

if TYPE_CHECKING:
    from pathlib import Path

    from pi_host.sessionfile import Entry, Message

__all__ = ["Mark", "Outcome", "mark", "outcome"]


class Mark(NamedTuple):
    """A session file before a run.

    Attributes:
        size: its size in bytes; 0 if it is not there yet.
        sha256: of its bytes.
        leaf: id of the entry that the next one should hang from.
    """

    size: int
    sha256: str
    leaf: str | None


class Outcome(NamedTuple):
    """A session file after a run.

    Attributes:
        session: what is in it.
        added: the entries that are new, in file order.
        checkpoint: what is to be its beginning from now on; ``None`` if there is no file.
    """

    session: Session
    added: list[Entry]
    checkpoint: Checkpoint | None

    @property
    def stored(self) -> bool:
        """Whether there is a new message of the user."""
        return any(entry.role == "user" for entry in self.added)

    @property
    def answer(self) -> Message | None:
        """The last new message of the model."""
        last = next((entry for entry in reversed(self.added) if entry.role == "assistant"), None)
        return self.session.load(last).message if last is not None else None


def mark(file: Path, session: Session | None) -> Mark:
    """Remember a session file as it is; ``session`` is what is in it, ``None`` if there is no file yet."""
    if session is None:
        return Mark(0, hashlib.sha256().hexdigest(), None)
    made = checkpoint(file)
    return Mark(made.size, made.sha256, session.leaf.id if session.leaf is not None else None)


def outcome(file: Path, before: Mark) -> Outcome:
    """Return what a run made of a session file.

    Raises:
        HistoryDivergedError: what was there is not its beginning any more, or is not in the conversation.
    """
    if not file.exists():
        if before.size:
            raise HistoryDivergedError(f"{str(file)!r} was removed while pi ran; nothing of the run was kept")
        return Outcome(Session(), [], None)
    if not is_beginning(file, Checkpoint(before.size, before.sha256, "")):
        raise HistoryDivergedError(
            f"{str(file)!r} was rewritten while pi ran: its first {before.size} bytes are not what they were; "
            "see what else writes to it"
        )
    session = Session.read(file, bodies=False)
    added = [entry for entry in session.entries if entry.offset >= before.size]
    if before.leaf is not None and session.leaf is not None and not session.is_ancestor(before.leaf, session.leaf):
        raise HistoryDivergedError(
            f"{str(file)!r}: the conversation does not go on from entry {before.leaf!r}, where it was; "
            "something else wrote to the file, or the run moved to another branch"
        )
    return Outcome(session, added, checkpoint(file))
