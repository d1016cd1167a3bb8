"""What a test reads after it has let something happen in an in-memory pi."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple, cast

__all__ = ["Fired", "Notice", "Recorded", "ToolRun"]


class Recorded(NamedTuple):
    """A call that a plugin made to pi.

    Attributes:
        method: its name on the link, such as ``"ui.confirm"`` or ``"pi.exec"``.
        params: its arguments as JSON data.
    """

    method: str
    params: dict[str, Any]


class Notice(NamedTuple):
    """A notice that a plugin showed.

    Attributes:
        message: its text.
        level: ``"info"``, ``"warning"`` or ``"error"``.
    """

    message: str
    level: str


@dataclass(frozen=True)
class Fired:
    """What the plugins made of an event, as pi goes on with it.

    Attributes:
        event: name of the event.
        answer: the merged answer under pi's own keys, ``None`` for none. What pi collects from several listeners is
            collected here: ``messages`` of ``before_agent_start`` is a list.
        changes: the fields that were changed in place, with their new values.
        fields: all fields under pi's own names, in-place changes and edits of the messages included.
        failure: why pi stops, for an event that fails closed, in the words pi is told; ``None`` otherwise.
        problems: the failures that the user is told about, one text each.
    """

    event: str
    answer: Any
    changes: dict[str, Any]
    fields: dict[str, Any]
    failure: str | None = None
    problems: list[str] = field(default_factory=list)

    @property
    def input(self) -> dict[str, Any]:
        """The arguments that the tool runs with."""
        return cast("dict[str, Any]", self._field("input"))

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The conversation that is sent; messages nobody touched are the same objects that were given to ``fire``."""
        return cast("list[dict[str, Any]]", self._field("messages"))

    def _field(self, name: str) -> Any:
        if name not in self.fields:
            raise LookupError(f"the event {self.event!r} has no field {name!r}; it has: {', '.join(self.fields)}")
        return self.fields[name]


@dataclass(frozen=True)
class ToolRun:
    """What came of a call of a tool.

    Attributes:
        result: what pi gets: ``content`` blocks, and ``details`` and the like if there are any.
        is_error: whether the tool failed; the content is the error then, as the model reads it.
        progress: the content blocks that the tool showed while it ran, one list for each time.
    """

    result: dict[str, Any]
    is_error: bool
    progress: list[list[dict[str, Any]]]

    @property
    def text(self) -> str:
        """The text of the content, without images."""
        return "".join(block.get("text", "") for block in self.result["content"])

    @property
    def details(self) -> Any:
        """The details, ``None`` for none."""
        return self.result.get("details")
