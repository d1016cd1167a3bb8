"""Session files, told line by line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from pi_host.sessionfile import Session
from pi_lane.graph import Mark, Picture

if TYPE_CHECKING:
    from collections.abc import Callable

Told = list[dict[str, Any]]


def entry(name: str, parent: str | None, kind: str, text: str = "", at: str = "") -> dict[str, Any]:
    """One entry; `kind` is a role of a message or a type."""
    base = {"id": name, "parentId": parent, "timestamp": at or "2026-11-20T10:00:00.000Z"}
    roles = {"user": "user", "assistant": "assistant", "tool": "toolResult"}
    if kind in roles:
        content = [{"type": "text", "text": text}]
        return base | {"type": "message", "message": {"role": roles[kind], "toolName": "bash", "content": content}}
    fields: dict[str, dict[str, Any]] = {
        "compaction": {"summary": text, "firstKeptEntryId": parent, "tokensBefore": 1},
        "branch_summary": {"summary": text, "fromId": parent},
        "session_info": {"name": text},
        "label": {"label": text, "targetId": parent},
        "model_change": {"provider": "scripted", "modelId": text},
    }
    return base | {"type": kind, **fields.get(kind, {})}


@pytest.fixture
def session() -> Callable[[str], Session]:
    """A session from lines `id parent kind text`, `-` being no parent."""

    def tell(story: str) -> Session:
        told: Told = [{"type": "session", "version": 3, "id": "sid", "timestamp": "2026-11-20T10:00:00.000Z"}]
        for line in filter(str.strip, story.split("\n")):
            name, parent, kind, *text = line.split(maxsplit=3)
            told.append(entry(name, None if parent == "-" else parent, kind, *text))
        return Session.parse("\n".join(map(json.dumps, told)).encode())

    return tell


@pytest.fixture
def picture(session: Callable[[str], Session]) -> Callable[..., Picture]:
    """The picture of such a session, with lanes given as `name=head`."""

    def draw(story: str, *marks: Mark, **heads: str | None) -> Picture:
        lanes = [*marks, *(Mark(name, head) for name, head in heads.items())]
        return Picture.of(session(story), lanes, file="/s.jsonl")

    return draw


@pytest.fixture
def long_picture() -> Callable[..., Picture]:
    """A session with so many entries: turns of four, a branch after each hundredth, `main` at the end."""

    def draw(size: int) -> Picture:
        told: Told = [{"type": "session", "version": 3, "id": "sid", "timestamp": "2026-11-20T10:00:00.000Z"}]
        kinds = ("user", "assistant", "tool", "assistant")
        parent = None
        for number in range(size):
            name = f"{number:08x}"
            told.append(entry(name, parent, kinds[number % 4], f"entry {number} {'word ' * 40}"))
            if number % 100:
                parent = name
        session = Session.parse("\n".join(map(json.dumps, told)).encode())
        return Picture.of(session, [Mark("main", parent, 3)], file="/s.jsonl")

    return draw
