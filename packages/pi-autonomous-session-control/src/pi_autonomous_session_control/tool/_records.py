"""What a question to the mirror is, and what it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from pi_autonomous_session_control import edge
from pi_autonomous_session_control.mirror import Event

if TYPE_CHECKING:
    from pi_autonomous_session_control._learned import Learned
    from pi_autonomous_session_control.edge import Ids
    from pi_autonomous_session_control.loops import Pattern
    from pi_autonomous_session_control.mirror import State

__all__ = ["Answer", "Question", "View"]


class View:
    """What the mirror knows when it is asked.

    Attributes:
        state: of the current branch.
        elsewhere: of the session with all its branches.
        patterns: what shows in the events of the current branch.
        session: pi's id of the session; ``leaf`` is the entry it stands at.
        now: ms since 1970.
        ids: makes the ids of new records.
        learned: memory and traps.
    """

    __slots__ = ("elsewhere", "ids", "leaf", "learned", "now", "patterns", "session", "state")

    def __init__(  # noqa: PLR0913  # made in one place only; each is a different thing
        self,
        *,
        state: State,
        elsewhere: State,
        patterns: list[Pattern],
        session: str,
        leaf: str | None,
        now: int,
        ids: Ids,
        learned: Learned,
    ) -> None:
        self.state = state
        self.elsewhere = elsewhere
        self.patterns = patterns
        self.session = session
        self.leaf = leaf
        self.now = now
        self.ids = ids
        self.learned = learned

    @property
    def loops(self) -> list[Pattern]:
        """What means going in circles."""
        return [pattern for pattern in self.patterns if pattern.is_loop]


class Question(msgspec.Struct, frozen=True):
    """What is asked.

    Attributes:
        kind: which of the kinds.
        slots: what the query or the context says beyond it.
        context: as it was given.
        view: what the mirror knows.
    """

    kind: str
    slots: dict[str, Any]
    context: dict[str, Any]
    view: Any

    def text(self, name: str) -> str:
        """Return the slot ``name``, empty if there is none."""
        return edge.text(self.slots.get(name)) or ""

    def texts(self, name: str) -> list[str]:
        """Return the member ``name`` of the context, what is no text left out."""
        return edge.texts(self.context.get(name)) or []


class Answer(msgspec.Struct, kw_only=True):
    """What the mirror says, and what is to be done.

    Attributes:
        text: the answer.
        data: the same for programs; its members depend on the kind.
        suggestions: what may be asked or done next.
        understood: whether there is an answer.
        events: what is to be written down, and done: labels, follow-ups, calls for help.
        prefill: what is to be put into the editor.
        notices: what the user should know, such as that the memory was repaired.
    """

    text: str
    data: dict[str, Any] | None = None
    suggestions: tuple[str, ...] = ()
    understood: bool = True
    events: tuple[Event, ...] = ()
    prefill: str | None = None
    notices: tuple[str, ...] = ()

    @property
    def content(self) -> str:
        """The text with the suggestions."""
        return self.text + (f"\n\nSuggestions: {'; '.join(self.suggestions)}" if self.suggestions else "")
