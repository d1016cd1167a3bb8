"""Messages in the form that the conventions want, for those who ask for content. Everything passes the redactor."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import msgspec

from pi_trace_headers.spans._names import STOP_REASONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Redact = Callable[[str], str]

__all__ = ["heard", "instructions", "payload", "said"]

#: pi's roles, and what the conventions call them.
_ROLES: Final = {"toolResult": "tool", "bashExecution": "user", "custom": "user"}


def heard(message: Mapping[str, Any], redact: Redact) -> str:
    """Return a message that is not the model's as JSON: one element of ``gen_ai.input.messages``."""
    role = message.get("role")
    parts = list(_parts(message.get("content"), redact))
    if role == "toolResult":
        text = "".join(part.get("content", "") for part in parts)
        parts = [{"type": "tool_call_response", "id": message.get("toolCallId"), "response": text}]
    return _json({"role": _ROLES.get(str(role), role), "parts": parts})


def said(message: Mapping[str, Any], redact: Redact) -> str:
    """Return the model's message as JSON: all of ``gen_ai.output.messages``."""
    parts = list(_parts(message.get("content"), redact))
    reason = str(message.get("stopReason", ""))
    reason = STOP_REASONS.get(reason, reason)
    return _json([{"role": "assistant", "parts": parts, "finish_reason": reason}])


def instructions(message: Mapping[str, Any], redact: Redact) -> str:
    """Return pi's system message as JSON: all of ``gen_ai.system_instructions``."""
    parts = list(_parts(message.get("content"), redact))
    sections = message.get("sections")
    if isinstance(sections, dict):
        parts += [{"type": "text", "content": redact(text)} for text in sections.values() if isinstance(text, str)]
    return _json([part for part in parts if part.get("content")])


def payload(value: Any, redact: Redact) -> str:
    """Return the arguments or the result of a tool as text."""
    if isinstance(value, dict) and isinstance(value.get("content"), list):
        return "".join(part.get("content", "") for part in _parts(value["content"], redact))
    return redact(value if isinstance(value, str) else _json(value))


def _parts(content: Any, redact: Redact) -> Iterator[dict[str, Any]]:
    if isinstance(content, str):
        yield {"type": "text", "content": redact(content)}
        return
    for block in content if isinstance(content, list) else ():
        match block:
            case {"type": "text", "text": str(text)}:
                yield {"type": "text", "content": redact(text)}
            case {"type": "thinking", "thinking": str(text)}:
                yield {"type": "reasoning", "content": redact(text)}
            case {"type": "toolCall", "name": str(name)}:
                arguments = redact(_json(block.get("arguments")))
                yield {"type": "tool_call", "id": block.get("id"), "name": name, "arguments": arguments}
            case {"type": "image"}:
                # Pictures are large and the conventions' place for them is elsewhere.
                yield {"type": "blob", "mime_type": block.get("mimeType"), "modality": "image", "content": ""}


def _json(value: Any) -> str:
    try:
        return msgspec.json.encode(value, enc_hook=str).decode()
    except UnicodeEncodeError:  # JavaScript's strings may hold half a pair of surrogates
        return json.dumps(value, default=str)
