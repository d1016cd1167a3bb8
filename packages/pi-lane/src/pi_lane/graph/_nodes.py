"""What an entry of a session file is, and what it says, for people."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from pi_host.sessionfile import Message
from pi_lane.graph._safe import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pi_host.sessionfile import Entry, ToolCall

__all__ = ["Kind", "Node"]

Kind = Literal["session", "user", "assistant", "tool", "bash", "compaction", "summary", "name", "settings", "custom"]

#: Entries that change nothing that was said; losing them behind another branch does no harm.
_SETTINGS: Final = frozenset({"model_change", "thinking_level_change", "label", "session_info", "usage"})

_ROLES: Final[Mapping[str, Kind]] = {
    "user": "user",
    "assistant": "assistant",
    "toolResult": "tool",
    "bashExecution": "bash",
    "system": "custom",
}
_KINDS: Final[Mapping[str, Kind]] = {
    "compaction": "compaction",
    "branch_summary": "summary",
    "session_info": "name",
}


@dataclass(slots=True, eq=False)
class Node:
    """One entry of the tree.

    Attributes:
        entry: as the file has it; None for the beginning of the session, which hangs before the first entries.
        order: its place in the file.
        children: the entries after it, in the order of the file.
        label: the label that it has now; empty if it has none.
        lanes: the lanes whose head it is, as places in the list of marks.
    """

    entry: Entry | None
    order: int
    children: list[Node] = field(default_factory=list)
    label: str = ""
    lanes: list[int] = field(default_factory=list)

    @property
    def id(self) -> str:
        """Its id in the file; empty for the beginning."""
        return (self.entry and self.entry.id) or ""

    @property
    def parent(self) -> str | None:
        """The id of the entry before it; None for a first one."""
        return self.entry.parent_id if self.entry else None

    @property
    def kind(self) -> Kind:
        """What it is."""
        if self.entry is None:
            return "session"
        if self.entry.type == "message":
            return _ROLES.get(self.entry.role or "", "custom")
        return _KINDS.get(self.entry.type, "settings" if self.is_settings else "custom")

    @property
    def at(self) -> str:
        """When it was written, as the file says."""
        return self.entry.timestamp if self.entry else ""

    @property
    def is_settings(self) -> bool:
        """Whether nothing that was said hangs on it."""
        return self.entry is not None and self.entry.type in _SETTINGS

    @property
    def text(self) -> str:
        """What it says, exactly: not safe to print. Decoded anew each time."""
        return _text(self.entry.fields) if self.entry else ""


def _text(raw: Mapping[str, Any]) -> str:
    said = {key: value for key, value in raw.items() if isinstance(value, str)}
    match said.get("type"):
        case "message":
            message = raw.get("message")
            text = _message(Message(message if isinstance(message, dict) else {}))
        case "compaction" | "branch_summary":
            text = said.get("summary", "")
        case "session_info":
            text = said.get("name") or "(name removed)"
        case "label":
            text = f"{said.get('label') or '(removed)'} on {said.get('targetId')}"
        case "model_change":
            text = f"model {said.get('provider')}/{said.get('modelId')}"
        case "thinking_level_change":
            text = f"thinking {said.get('thinkingLevel')}"
        case "custom" | "custom_message":
            text = f"{said.get('customType')} {_content(Message(dict(raw)))}".strip()
        case kind:
            text = (kind or "not an entry").replace("_", " ")
    return text


def _message(message: Message) -> str:
    match message.role:
        case "assistant":
            return _answer(message)
        case "toolResult":
            return f"{message.tool_name}{' failed' if message.is_error else ''}: {_content(message)}"
        case "bashExecution":
            return f"!{_string(message.data.get('command'))}\n{_string(message.data.get('output'))}"
        case "user":
            return _content(message) or "(no text)"
        case role:
            return f"{role or 'message'}: {_content(message)}"


def _answer(message: Message) -> str:
    parts = [message.text, *(f"→ {call.name}({_arguments(call)})" for call in message.tool_calls)]
    if message.stop_reason in {"aborted", "error"}:
        parts.append(f"({message.stop_reason}: {_string(message.data.get('errorMessage')) or 'no reason given'})")
    return "\n".join(part for part in parts if part) or "(no text)"


def _arguments(call: ToolCall) -> str:
    return one_line(", ".join(str(value) for value in call.arguments.values()), 80)


def _content(message: Message) -> str:
    images = sum(block.get("type") == "image" for block in message.blocks)
    return f"{message.text}{' [image]' * images}"


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""
