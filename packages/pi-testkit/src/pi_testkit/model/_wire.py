"""Turns as OpenAI chat completions, streamed or whole."""

from __future__ import annotations

import itertools
import json
import re
import uuid
from dataclasses import dataclass, field
from typing import Any

from pi_testkit.model._turns import Call, Calls, Cut, Say, Usage

__all__ = ["Answer", "answer", "completion", "error_body", "events", "tokens_of"]

_FILLER = "the quick brown fox jumps over the lazy dog "
_CHARS_PER_TOKEN = 4


@dataclass(frozen=True)
class Answer:
    """A turn worked out: everything that has to be sent, in order."""

    deltas: list[dict[str, Any]]
    finish: str
    usage: Usage
    tokens_per_second: float | None = None
    cut: bool = False
    calls: list[dict[str, Any]] = field(default_factory=list)


def tokens_of(text: str, count: int | None = None) -> list[str]:
    """Cut a text into tokens, which here are words with the space before them.

    Args:
        text: any text.
        count: how many tokens are wanted; the text is repeated or cut to fit.

    Returns:
        The tokens; without ``count`` they add up to the text.
    """
    if count is None:
        return re.findall(r"\s*\S+|\s+\Z", text)
    words = re.findall(r"\S+\s*", text) or re.findall(r"\S+\s*", _FILLER)
    if not words[-1][-1].isspace() and count > len(words):
        words[-1] += " "
    return list(itertools.islice(itertools.cycle(words), count))


def answer(turn: Say | Call | Calls | Cut, body: dict[str, Any]) -> Answer:
    """Work out what a turn sends in answer to a request.

    Args:
        turn: what the script says.
        body: the request, whose length stands in for its tokens.

    Returns:
        The answer.
    """
    if isinstance(turn, Call):
        turn = Calls(turn)
    thinking = turn.thinking if isinstance(turn, Say | Calls) else None
    words = tokens_of(turn.text, turn.tokens if isinstance(turn, Say) else None)
    if isinstance(turn, Cut):
        words = words[: turn.after_tokens]
    calls = [_call(call) for call in turn.calls] if isinstance(turn, Calls) else []
    deltas: list[dict[str, Any]] = [{"reasoning_content": token} for token in tokens_of(thinking or "")]
    deltas += [{"content": token} for token in words]
    deltas += [{"tool_calls": [{"index": index, **call}]} for index, call in enumerate(calls)]
    given = None if isinstance(turn, Cut) else turn.usage
    return Answer(
        deltas=deltas,
        finish="tool_calls" if calls else "stop",
        usage=given or Usage(input=len(json.dumps(body)) // _CHARS_PER_TOKEN, output=len(deltas)),
        tokens_per_second=turn.tokens_per_second,
        cut=isinstance(turn, Cut),
        calls=calls,
    )


def events(answer: Answer, model: str) -> list[bytes]:
    """The server-sent events of a streamed answer, one token each.

    Args:
        answer: what is sent.
        model: the model's id.

    Returns:
        One block of bytes for each event; of a cut answer only those before the cut.
    """
    head = {"id": f"chatcmpl-{uuid.uuid4().hex}", "object": "chat.completion.chunk", "created": 0, "model": model}

    def chunk(delta: dict[str, Any], finish: str | None = None, **extra: Any) -> bytes:
        choices = [{"index": 0, "delta": delta, "finish_reason": finish}]
        return b"data: " + json.dumps({**head, "choices": choices, **extra}).encode() + b"\n\n"

    blocks = [chunk({"role": "assistant", "content": ""}), *map(chunk, answer.deltas)]
    if answer.cut:
        return blocks
    return [*blocks, chunk({}, answer.finish, usage=_usage(answer.usage)), b"data: [DONE]\n\n"]


def completion(answer: Answer, model: str) -> dict[str, Any]:
    """The body of an answer that was not asked for as a stream.

    Args:
        answer: what is sent.
        model: the model's id.

    Returns:
        The JSON body.
    """
    message: dict[str, Any] = {"role": "assistant", "content": "".join(d.get("content", "") for d in answer.deltas)}
    thinking = "".join(delta.get("reasoning_content", "") for delta in answer.deltas)
    if thinking:
        message["reasoning_content"] = thinking
    if answer.calls:
        message["tool_calls"] = answer.calls
    return {
        "id": f"chatcmpl-{uuid.uuid4().hex}",
        "object": "chat.completion",
        "created": 0,
        "model": model,
        "choices": [{"index": 0, "message": message, "finish_reason": answer.finish}],
        "usage": _usage(answer.usage),
    }


def error_body(body: str | dict[str, Any]) -> dict[str, Any]:
    """The body of an HTTP error.

    Args:
        body: a message, or a whole body, which is left as it is.

    Returns:
        The JSON body.
    """
    if isinstance(body, str):
        return {"error": {"message": body, "type": "scripted_model", "code": None}}
    return body


def _call(call: Call) -> dict[str, Any]:
    function = {"name": call.name, "arguments": json.dumps(call.arguments)}
    return {"id": f"call_{uuid.uuid4().hex[:24]}", "type": "function", "function": function}


def _usage(usage: Usage) -> dict[str, Any]:
    return {
        "prompt_tokens": usage.input,
        "completion_tokens": usage.output,
        "total_tokens": usage.input + usage.output,
        "prompt_tokens_details": {"cached_tokens": usage.cached},
    }
