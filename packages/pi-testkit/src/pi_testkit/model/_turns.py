"""The turns a scripted model can take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

__all__ = ["Call", "Calls", "Cut", "Fail", "Say", "Turn", "Usage"]


@dataclass(frozen=True)
class Usage:
    """What a turn claims to have cost, in tokens.

    Attributes:
        input: tokens of the prompt, those from the cache included.
        output: tokens of the answer.
        cached: tokens of the prompt that came from the cache.
    """

    input: int
    output: int
    cached: int = 0


@dataclass(frozen=True)
class Say:
    """An answer in words.

    Attributes:
        text: the answer. Without ``tokens`` it is sent word by word.
        thinking: what the model thought before it spoke.
        tokens: length of the answer; the text is repeated or cut to fit.
        tokens_per_second: pace; without it the answer goes out as fast as it can.
        delay: seconds before the first byte.
        usage: what the turn claims to have cost; without it, what was really sent and received, roughly counted.
    """

    text: str = ""
    thinking: str | None = None
    tokens: int | None = None
    tokens_per_second: float | None = None
    delay: float = 0.0
    usage: Usage | None = None


class Call:
    """One tool call: ``Call("bash", command="ls")``. As a turn of its own it stands for ``Calls`` of one.

    Attributes:
        name: the tool.
        arguments: what it is called with.
    """

    __slots__ = ("arguments", "name")

    def __init__(self, name: str, /, **arguments: Any) -> None:
        self.name = name
        self.arguments = arguments

    def __repr__(self) -> str:
        return f"Call({', '.join([repr(self.name), *(f'{k}={v!r}' for k, v in self.arguments.items())])})"


class Calls:
    """Several tool calls in one answer, which pi runs in parallel.

    Attributes:
        calls: the calls, in order.
        text: what is said before them.
        thinking: what was thought before that.
        tokens_per_second: pace of the text; without it everything goes out as fast as it can.
        delay: seconds before the first byte.
        usage: what the turn claims to have cost.
    """

    __slots__ = ("calls", "delay", "text", "thinking", "tokens_per_second", "usage")

    def __init__(
        self,
        *calls: Call,
        text: str = "",
        thinking: str | None = None,
        tokens_per_second: float | None = None,
        delay: float = 0.0,
        usage: Usage | None = None,
    ) -> None:
        self.calls = calls
        self.text = text
        self.thinking = thinking
        self.tokens_per_second = tokens_per_second
        self.delay = delay
        self.usage = usage

    def __repr__(self) -> str:
        return f"Calls({', '.join([*map(repr, self.calls), f'text={self.text!r}'])})"


@dataclass(frozen=True)
class Fail:
    """An HTTP error instead of an answer.

    Attributes:
        status: the HTTP status.
        body: a message, which is wrapped as OpenAI wraps its errors, or the whole JSON body.
        retry_after: seconds for the ``Retry-After`` header.
        delay: seconds before the first byte.
    """

    status: int = 500
    body: str | dict[str, Any] = "scripted failure"
    retry_after: float | None = None
    delay: float = 0.0


@dataclass(frozen=True)
class Cut:
    """An answer whose connection is dropped in the middle.

    Attributes:
        text: the answer that would have been.
        after_tokens: how many of its tokens go out before the connection is dropped.
        tokens_per_second: pace of what goes out.
        delay: seconds before the first byte.
    """

    text: str = ""
    after_tokens: int = 1
    tokens_per_second: float | None = None
    delay: float = 0.0


#: What a script is made of.
Turn: TypeAlias = Say | Call | Calls | Fail | Cut
