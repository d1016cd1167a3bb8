"""What is in a message, whatever its role and whoever wrote it."""

from __future__ import annotations

import sys
from typing import Any, NamedTuple

__all__ = ["Message", "ToolCall", "Usage"]


class ToolCall(NamedTuple):
    """A tool call of the model.

    Attributes:
        id: what the result refers to.
        name: the tool's name.
        arguments: as the model gave them.
    """

    id: str
    name: str
    arguments: dict[str, Any]


class Usage(NamedTuple):
    """Tokens of one request and what they cost.

    Attributes:
        input: tokens sent that were not in the provider's cache.
        output: tokens received, reasoning included.
        cache_read: tokens sent that were in the provider's cache.
        cache_write: tokens sent that went into it.
        total: all of them, as the provider counts.
        cost: of the request in US dollars.
    """

    input: int
    output: int
    cache_read: int
    cache_write: int
    total: int
    cost: float

    @classmethod
    def of(cls, data: object) -> Usage | None:
        """Return the usage in pi's JSON object, ``None`` if it isn't one."""
        if not isinstance(data, dict):
            return None
        return cls(
            input=int(_number(data, "input")),
            output=int(_number(data, "output")),
            cache_read=int(_number(data, "cacheRead")),
            cache_write=int(_number(data, "cacheWrite")),
            total=int(_number(data, "totalTokens")),
            cost=_number(_dict(data.get("cost")), "total"),
        )


class Message:
    """A message of a session file. Nothing here raises: what is missing or of another type counts as empty.

    Attributes:
        data: all there is in the message, under pi's own keys.
    """

    __slots__ = ("data",)

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data

    def __repr__(self) -> str:
        return f"Message({self.data!r})"

    @property
    def role(self) -> str:
        """The role: ``system``, ``user``, ``assistant``, ``toolResult``, ``bashExecution``, ``custom`` or another."""
        return self._text("role")

    @property
    def blocks(self) -> list[dict[str, Any]]:
        """The content, a plain text as one text block."""
        content = self.data.get("content")
        if isinstance(content, str):
            return [{"type": "text", "text": content}]
        return [block for block in content if isinstance(block, dict)] if isinstance(content, list) else []

    @property
    def text(self) -> str:
        """The text blocks, one after the other as they are; without thinking, tool calls and images."""
        return "".join(_str(block.get("text")) for block in self.blocks if block.get("type") == "text")

    @property
    def thinking(self) -> str:
        """The thinking blocks, as ``text``."""
        return "".join(_str(block.get("thinking")) for block in self.blocks if block.get("type") == "thinking")

    @property
    def tool_calls(self) -> list[ToolCall]:
        """The tool calls of an assistant."""
        return [
            ToolCall(_str(block.get("id")), _str(block.get("name")), _dict(block.get("arguments")))
            for block in self.blocks
            if block.get("type") == "toolCall"
        ]

    @property
    def tool_call_id(self) -> str:
        """The call that a tool result answers."""
        return self._text("toolCallId")

    @property
    def tool_name(self) -> str:
        """The tool that a tool result is from."""
        return self._text("toolName")

    @property
    def is_error(self) -> bool:
        """Whether a tool result tells of a failure, or a request to the model failed."""
        return self.data.get("isError") is True or self.data.get("stopReason") == "error"

    @property
    def provider(self) -> str:
        """The provider that an assistant's message came from."""
        return self._text("provider")

    @property
    def model(self) -> str:
        """The id of the model that an assistant's message came from."""
        return self._text("model")

    @property
    def stop_reason(self) -> str:
        """Why an assistant's message ended: ``stop``, ``toolUse``, ``length``, ``error`` or ``aborted``."""
        return self._text("stopReason")

    @property
    def usage(self) -> Usage | None:
        """What the request took, for an assistant's message."""
        return Usage.of(self.data.get("usage"))

    @property
    def timestamp(self) -> float | None:
        """When the message was made, in milliseconds since 1970 (UTC)."""
        value = self.data.get("timestamp")
        return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None

    def _text(self, key: str) -> str:
        return _str(self.data.get(key))


def _str(value: object) -> str:
    return value if isinstance(value, str) else ""


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _number(data: dict[str, Any], key: str) -> float:
    value = data.get(key)
    # A whole number may be larger than any float, and then `math.isfinite` raises.
    return value if isinstance(value, (int, float)) and abs(value) <= sys.float_info.max else 0
