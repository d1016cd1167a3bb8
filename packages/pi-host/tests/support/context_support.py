"""What real pi sends after resuming a session file, beside what the library says that it will."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from pi_host.sessionfile import Message

if TYPE_CHECKING:
    from pi_host.sessionfile import Session
    from pi_testkit import Pi

__all__ = ["PROMPT", "foretold", "sent"]

Said: TypeAlias = list[tuple[str, str]]

#: The prompt whose request is looked at.
PROMPT = "and now?"


def sent(pi: Pi) -> Said:
    """What was in the last request before its prompt, without the system prompt."""
    messages = [message for message in pi.model.requests[-1].messages if message["role"] != "system"]
    assert _text(messages[-1]["content"]) == PROMPT
    return [(message["role"], _text(message.get("content"))) for message in messages[:-1]]


def _text(content: Any) -> str:
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content or [])


def foretold(session: Session) -> Said:
    """What the library says is in the next request, as chat completions put it."""
    roles = {"toolResult": "tool"}
    messages = [Message(data) for data in session.context().messages]
    return [(roles.get(m.role, m.role), m.text) for m in messages if m.role != "system" and (m.text or m.tool_calls)]
