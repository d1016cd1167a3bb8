"""Session files told entry by entry, with everything in them that the tests ask about."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from pathlib import Path

Fields: TypeAlias = dict[str, Any]

#: 1 March 2026, 10:00 UTC.
BEGIN_MS = 1_772_359_200_000

MINUTE_MS = 60_000
DAY_MS = 86_400_000


def iso(at: int) -> str:
    """A time in ms since 1970 as pi writes it."""
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def line(fields: Fields) -> bytes:
    return json.dumps(fields, ensure_ascii=False).encode() + b"\n"


class Tale:
    """A session that is told: each word adds an entry to `data`, hanging from `leaf`, a minute later."""

    def __init__(
        self, session_id: str = "s-1", *, cwd: str = "/work/proj", at: int = BEGIN_MS, prefix: str = "e", **header: Any
    ) -> None:
        self.session_id = session_id
        self.now = at
        self.leaf: str | None = None
        self.prefix = prefix
        self.count = 0
        first = {"type": "session", "version": 3, "id": session_id, "timestamp": iso(at), "cwd": cwd, **header}
        self.data = line(first)

    def add(self, kind: str, **fields: Any) -> str:
        self.count += 1
        self.now += MINUTE_MS
        name = f"{self.prefix}{self.count}"
        base = {"type": kind, "id": name, "parentId": self.leaf, "timestamp": iso(self.now)}
        self.data += line(base | fields)
        self.leaf = name
        return name

    def message(self, role: str, **fields: Any) -> str:
        return self.add("message", message={"role": role, "timestamp": self.now + MINUTE_MS, **fields})

    def user(self, text: str, *more: Fields) -> str:
        return self.message("user", content=[{"type": "text", "text": text}, *more])

    def assistant(  # noqa: PLR0913  # each is a part of an answer
        self,
        text: str = "",
        *,
        thinking: str = "",
        calls: dict[str, Fields] | None = None,
        cost: float = 0.01,
        tokens: int = 100,
        model: str = "scripted-1",
        provider: str = "scripted",
        error: str = "",
    ) -> str:
        content: list[Fields] = []
        if thinking:
            content.append({"type": "thinking", "thinking": thinking, "thinkingSignature": "c2lnbmF0dXJl"})
        if text:
            content.append({"type": "text", "text": text})
        for name, arguments in (calls or {}).items():
            content.append(
                {"type": "toolCall", "id": f"call_{name}_{self.count}", "name": name, "arguments": arguments}
            )
        usage = {"input": tokens, "output": tokens, "cacheRead": 0, "cacheWrite": 0, "totalTokens": 2 * tokens}
        more = {"errorMessage": error} if error else {}
        return self.message(
            "assistant",
            content=content,
            api="openai-completions",
            provider=provider,
            model=model,
            usage={**usage, "cost": {"total": cost}},
            stopReason="error" if error else "toolUse" if calls else "stop",
            **more,
        )

    def tool(self, text: str, name: str = "bash", *, error: bool = False, call: str = "", **more: Any) -> str:
        block = {"type": "text", "text": text}
        return self.message(
            "toolResult", toolCallId=call or f"call_{name}", toolName=name, content=[block], isError=error, **more
        )

    def back_to(self, entry: str | None) -> None:
        """Go on from there."""
        self.leaf = entry

    def turn(self, prompt: str, answer: str, **more: Any) -> str:
        self.user(prompt)
        return self.assistant(answer, **more)

    def write(self, path: Path) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.data)
        return path


def image(data: str = "aGVsbG8=") -> Fields:
    return {"type": "image", "data": data, "mimeType": "image/png"}
