"""Session files written on the spot."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from span_support import Collector

#: 2026-11-20 12:00:00 UTC, in milliseconds since 1970.
NOON = 1_795_176_000_000


@dataclass
class Story:
    """A session file, line by line. Times are milliseconds after noon.

    Attributes:
        path: the file.
        session_id: pi's id of the session.
        lines: what is in it.
    """

    path: Path
    session_id: str = "01a1fb5e-0000-7000-8000-000000000001"
    lines: list[dict[str, Any]] = field(default_factory=list)

    def header(self, at: int = 0, **more: Any) -> Story:
        """Begin."""
        self.lines.append(
            {"type": "session", "version": 3, "id": self.session_id, "timestamp": iso(at), "cwd": "/w", **more}
        )
        return self

    def entry(self, kind: str, at: int, /, **more: Any) -> Story:
        """Add an entry of any type."""
        parent = self.lines[-1]["id"] if len(self.lines) > 1 else None
        number = f"{len(self.lines):08x}"
        self.lines.append({"type": kind, "id": number, "parentId": parent, "timestamp": iso(at), **more})
        return self

    def user(self, text: str, at: int, given: int | None = None) -> Story:
        """Add a prompt, given before it was written if it waited."""
        message = {"role": "user", "content": text, "timestamp": NOON + (at if given is None else given)}
        return self.entry("message", at, message=message)

    def says(self, text: str, begun: int, at: int, *calls: str, **more: Any) -> Story:
        """Add an answer of the model, with calls of bash."""
        blocks: list[dict[str, Any]] = [{"type": "text", "text": text}]
        for call in calls:
            arguments = {"command": f"run {call}"}
            blocks.append({"type": "toolCall", "id": call, "name": "bash", "arguments": arguments})
        message = {
            "role": "assistant",
            "content": blocks,
            "provider": "openai",
            "model": "gpt-5",
            "api": "openai-responses",
            "timestamp": NOON + begun,
            "stopReason": "toolUse" if calls else "stop",
            "usage": {"input": 100, "output": 20, "cacheRead": 300, "cacheWrite": 0, "cost": {"total": 0.01}},
        }
        return self.entry("message", at, message={**message, **more})

    def result(self, call: str, at: int, *, failed: bool = False, **more: Any) -> Story:
        """Add what a tool gave back."""
        content = [{"type": "text", "text": f"output of {call}"}]
        message = {"role": "toolResult", "toolCallId": call, "toolName": "bash", "content": content, "isError": failed}
        return self.entry("message", at, message={**message, "timestamp": NOON + at, **more})

    def write(self) -> Path:
        """Write the file."""
        self.path.write_text("".join(f"{json.dumps(line)}\n" for line in self.lines))
        return self.path


def iso(at: int) -> str:
    """Return a moment as pi writes it."""
    return datetime.fromtimestamp((NOON + at) / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@pytest.fixture
def story(tmp_path: Path) -> Story:
    """A session file without a header."""
    return Story(tmp_path / "2026-11-20T12-00-00-000Z_01a1fb5e.jsonl")


@pytest.fixture
def long_story(story: Story) -> Story:
    """A session with two runs, tools, a failure that is tried again, a compaction, and text that means harm."""
    story.header().user("list the <b>files</b> & go", 1000)
    story.says("looking", 1200, 3200, "c1", "c2").result("c1", 5200, durationMs=1900).result("c2", 4200, failed=True)
    story.says("done", 5300, 6000)
    story.user("</script><script>document.title='owned'</script>", 60_000)
    story.says("", 60_100, 60_400, stopReason="error", errorMessage="503: \x1b[31mbusy</div>")
    story.says("\x1b]0;owned\x07 well", 62_000, 65_000)
    summary = {"summary": "s", "firstKeptEntryId": "x", "tokensBefore": 5000, "usage": {"input": 900, "output": 30}}
    return story.entry("compaction", 70_000, **summary)


@pytest.fixture
def collector() -> Iterator[Collector]:
    """A collector that takes everything."""
    from span_support import Collector  # noqa: PLC0415  # starting pytest imports no OpenTelemetry

    with Collector() as collector:
        yield collector
