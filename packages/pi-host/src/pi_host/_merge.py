"""How the answers of several plugins to one event become one, as pi's own runner would do it.

A fold takes the answers one after the other, lets the next plugin see what the earlier ones did where pi does so, and
says when to stop. Source: the ``emit*`` methods of the runner in pi 0.74.2, 0.87.1 and 1.5.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from pi_host._base import Event

__all__ = ["FOLDS", "Fold"]


class Fold:
    """Policy ``observe``, and what the other policies have in common.

    Attributes:
        merged: the answer so far under pi's own keys, ``None`` for no answer.
        settle: to be called when a plugin is done with the event; see ``Dispatcher.run``.
    """

    #: Whether the event takes an answer at all.
    answers: ClassVar[bool] = True

    __slots__ = ("event", "merged", "settle")

    def __init__(self, event: Event, settle: Callable[[], None]) -> None:
        self.event: Any = event
        self.merged: Any = None
        self.settle = settle

    def take(self, answer: Any) -> bool:
        """Take the next answer; return whether the remaining plugins are to be skipped."""
        self.merged = answer
        return False

    def override(self, answer: Any) -> None:
        """Put a wrapper's answer in the place of everything merged so far."""
        self.merged = answer

    def state(self) -> Any:
        """Return what ``restore`` needs to undo what the next plugin does before it fails."""
        return None

    def restore(self, state: Any) -> None:
        """Undo what a plugin did before it failed, as far as pi's runner would."""

    def result(self) -> Any:
        """Return the answer for pi, ``None`` for none."""
        return self.merged


class _Observe(Fold):
    answers = False
    __slots__ = ()


class _Last(Fold):
    """``cache_warming_decision``: the last answer that decides replaces the earlier ones."""

    __slots__ = ()

    def take(self, answer: Any) -> bool:
        self.merged = answer or self.merged
        return False


class _Cancel(Fold):
    """The last answer replaces the earlier ones; ``cancel`` ends it."""

    __slots__ = ()

    def take(self, answer: Any) -> bool:
        self.merged = answer
        return bool(answer.get("cancel"))


class _Veto(Fold):
    """The last answer replaces the earlier ones; ``block`` ends it."""

    __slots__ = ()

    def take(self, answer: Any) -> bool:
        self.merged = answer
        return bool(answer.get("block"))


class _First(Fold):
    """The first answer ends it; for ``project_trust`` the first that decides."""

    __slots__ = ()

    def take(self, answer: Any) -> bool:
        self.merged = answer
        return bool(answer.get("trusted") != "undecided")


class _Transform(Fold):
    """``input``: each plugin gets the text that the one before made; ``handled`` ends it."""

    __slots__ = ()

    def take(self, answer: Any) -> bool:
        if answer["action"] == "continue":
            return False
        if answer["action"] == "transform":
            self.event.text = answer.get("text", self.event.text)
            self.event.images = answer.get("images", self.event.images)
            answer = {**(self.merged or {}), **answer, "text": self.event.text}
        self.merged = answer
        return bool(answer["action"] == "handled")


class _FieldWise(Fold):
    """``tool_result``: each field on its own; new content without structured content drops the old one."""

    __slots__ = ()

    def take(self, answer: Any) -> bool:
        merged = dict(self.merged or {})
        if "content" in answer and "structuredContent" not in answer:
            merged.pop("structuredContent", None)
            self.event.structured_content = None
        merged.update(answer)
        self.merged = merged
        for key, value in answer.items():
            setattr(self.event, _SNAKE.get(key, key), value)
        return False


_SNAKE: Final = {"isError": "is_error", "structuredContent": "structured_content"}


class _Replace(Fold):
    """``message_end``: each plugin gets the message that the one before gave back; the role must stay."""

    __slots__ = ()

    def take(self, answer: Any) -> bool:
        message = answer.get("message")
        if message is None:
            return False
        role = self.event.message.get("role")
        if message.get("role") != role:
            raise ValueError(f"the message must keep its role {role!r}, not {message.get('role')!r}")
        self.event.message = message
        self.merged = {"message": message}
        return False


class _Payload(Fold):
    """``before_provider_request``: any value takes the place of the payload."""

    __slots__ = ()

    def take(self, answer: Any) -> bool:
        self.event.payload = answer
        return False

    def override(self, answer: Any) -> None:
        self.event.payload = answer


class _Edit(Fold):
    """``context``: every plugin edits the same list."""

    __slots__ = ()

    def take(self, answer: Any) -> bool:
        messages = answer.get("messages")
        if messages is not None:
            self.event.messages.adopt(messages)
        return False

    def override(self, answer: Any) -> None:
        self.take(answer)

    def state(self) -> Any:
        return self.event.messages.snapshot()

    def restore(self, state: Any) -> None:
        # pi gives each `context` handler a list of its own, but all of `context_with_system` the same one.
        if self.event.name == "context":
            self.event.messages.restore(state)


class _Prompt(Fold):
    """``before_agent_start``: messages add up, the last system prompt wins and the later plugins read it."""

    __slots__ = ("messages",)

    def __init__(self, event: Event, settle: Callable[[], None]) -> None:
        super().__init__(event, settle)
        self.messages: list[Any] = []

    def take(self, answer: Any) -> bool:
        if "message" in answer:
            self.messages.append(answer["message"])
        if "systemPrompt" in answer:
            self.event.system_prompt = answer["systemPrompt"]
        self.merged = {**(self.merged or {}), **answer}
        return False

    def override(self, answer: Any) -> None:
        if answer != self.merged:
            self.messages, self.merged = [], None
            self.take(answer)

    def result(self) -> Any:
        if self.merged is None:
            return None
        merged = {key: value for key, value in self.merged.items() if key != "message"}
        return {**merged, "messages": self.messages} if self.messages else merged


class _Boundary(Fold):
    """``turn_end``, ``agent_before_settle``: each field replaces the proposal that the next plugin sees."""

    __slots__ = ()

    def take(self, answer: Any) -> bool:
        if "entries" in answer:
            self.event.entries = answer["entries"]
        if "continue" in answer:
            self.event.continue_ = answer["continue"]
        self.merged = {**(self.merged or {}), **answer}
        return False


class _Collect(Fold):
    """``resources_discover``: lists add up."""

    __slots__ = ()

    def take(self, answer: Any) -> bool:
        merged = self.merged or {}
        self.merged = {key: [*merged.get(key, ()), *answer.get(key, ())] for key in {**merged, **answer}}
        return False


#: The fold of each policy that an ``EventInfo`` may name.
FOLDS: Final[dict[str, type[Fold]]] = {
    "observe": _Observe,
    "headers": _Observe,
    "cancel": _Cancel,
    "veto": _Veto,
    "transform": _Transform,
    "fold": _FieldWise,
    "replace": _Replace,
    "payload": _Payload,
    "edit": _Edit,
    "prompt": _Prompt,
    "boundary": _Boundary,
    "first": _First,
    "collect": _Collect,
    "last": _Last,
}
