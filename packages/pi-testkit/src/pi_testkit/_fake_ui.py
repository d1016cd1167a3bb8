"""The person in front of an in-memory pi."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from pi_testkit._dialogs import DIALOGS, Reply

if TYPE_CHECKING:
    from pi_testkit._fake_records import Recorded

__all__ = ["FakeUI", "Person", "UnansweredError", "checked"]

#: A reply, or a function that gets what was asked (``title``, ``message``, ``options`` ...) and replies.
Person: TypeAlias = Reply | Callable[[dict[str, Any]], Reply | Awaitable[Reply]]


class UnansweredError(AssertionError):
    """A plugin asked something that the test gave no answer to."""


class FakeUI:
    """Answers dialogs as the test said.

    Attributes:
        editor_text: what stands in the editor.
    """

    def __init__(self, calls: list[Recorded]) -> None:
        self.editor_text = ""
        self.people: dict[str, Person] = {}
        self._calls = calls

    def answer(self, **dialogs: Person) -> None:
        """Say how dialogs are answered from now on.

        Args:
            dialogs: for ``confirm``, ``select``, ``input`` or ``editor`` the reply (``None`` dismisses the dialog), or
                a function that gets what was asked and gives the reply; it may be async and take its time.

        Raises:
            TypeError: there is no such dialog.
        """
        for dialog, person in dialogs.items():
            if dialog not in DIALOGS:
                raise TypeError(f"there is no dialog {dialog!r}; there are: {', '.join(sorted(DIALOGS))}")
            self.people[dialog] = person

    @property
    def asked(self) -> list[Recorded]:
        """The dialogs that plugins opened."""
        return [call for call in self._calls if call.method.removeprefix("ui.") in DIALOGS]


def checked(dialog: str, asked: dict[str, Any], reply: Any) -> Reply:
    """A reply to a dialog that pi itself could have given.

    Args:
        dialog: name of the dialog.
        asked: what was asked.
        reply: what the test answers.

    Returns:
        The reply; a dismissed ``confirm`` is a no.

    Raises:
        TypeError: a ``confirm`` was answered with a text, or another dialog with a bool.
        ValueError: what was selected was not offered.
    """
    if reply is None:
        return False if dialog == "confirm" else None
    if not isinstance(reply, bool if dialog == "confirm" else str):
        raise TypeError(f"a {dialog!r} dialog cannot be answered with {reply!r}")
    if dialog == "select" and reply not in asked["options"]:
        raise ValueError(f"{reply!r} cannot be selected; offered were: {asked['options']!r}")
    return reply
