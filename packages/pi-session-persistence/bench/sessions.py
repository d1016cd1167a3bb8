"""Sessions made up for measurements: real words in the proportions in which recorded sessions have them."""

from __future__ import annotations

import json
import random
import sysconfig
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

#: 1 January 2026.
BEGIN_MS = 1_767_225_600_000

#: Sources of the standard library: what tools show models all day long.
_SOURCES = 24_000_000

#: Lengths of texts in recorded sessions, in characters.
_LENGTHS = (50, 100, 300, 500, 700, 900, 1500, 3000, 7000)


class Sessions:
    """A maker of sessions; the same seed makes the same ones."""

    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)
        self._words = _sources()
        self._models = [f"model-{number}" for number in range(5)]

    def write(self, folder: Path, count: int, size: int) -> list[Path]:
        """Make ``count`` session files of about ``size`` bytes each, in folders as pi has them; return their paths."""
        paths = []
        for number in range(count):
            cwd = f"/home/u/project-{number % 97}"
            at = BEGIN_MS + number * 600_000
            path = (
                folder
                / f"--home-u-project-{number % 97}--"
                / f"{_iso(at).replace(':', '-').replace('.', '-')}_{number:06d}.jsonl"
            )
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("w", encoding="utf-8") as file:
                for line in self._lines(number, cwd, at, size):
                    file.write(line)
            paths.append(path)
        return paths

    def entries(self, number: int, parent: str | None, at: int) -> list[dict[str, Any]]:
        """Return one turn: a prompt, an answer with a call, its result, an answer."""
        rank = f"{number:05x}"
        ids = [f"{rank}{kind}" for kind in "uatb"]
        call = {
            "type": "toolCall",
            "id": f"call_{rank}",
            "name": self._random.choice(["bash", "read", "edit"]),
            "arguments": {"path": f"src/{number}.py"},
        }
        usage = {
            "input": 10,
            "output": 90,
            "cacheRead": 900,
            "cacheWrite": 0,
            "totalTokens": 1000,
            "cost": {"total": 0.01},
        }
        model = {
            "api": "openai-completions",
            "provider": "scripted",
            "model": self._random.choice(self._models),
            "usage": usage,
        }
        messages: list[dict[str, Any]] = [
            {"role": "user", "content": [self._text(200)]},
            {"role": "assistant", "content": [self._text(), call], **model, "stopReason": "toolUse"},
            {
                "role": "toolResult",
                "toolCallId": call["id"],
                "toolName": call["name"],
                "content": [self._text()],
                "isError": number % 17 == 0,
            },
            {"role": "assistant", "content": [self._text()], **model, "stopReason": "stop"},
        ]
        parents = [parent, *ids]
        return [
            {
                "type": "message",
                "id": name,
                "parentId": above,
                "timestamp": _iso(at),
                "message": {**message, "timestamp": at},
            }
            for name, above, message in zip(ids, parents, messages, strict=False)
        ]

    def _lines(self, number: int, cwd: str, at: int, size: int) -> Iterator[str]:
        header = {"type": "session", "version": 3, "id": f"session-{number:06d}", "timestamp": _iso(at), "cwd": cwd}
        yield json.dumps(header) + "\n"
        written, turn, parent = 0, 0, None
        while written < size:
            for entry in self.entries(turn, parent, at + turn * 60_000):
                line = json.dumps(entry, ensure_ascii=False) + "\n"
                written += len(line)
                parent = entry["id"]
                yield line
            turn += 1

    def _text(self, most: int = 0) -> dict[str, Any]:
        length = most or self._random.choice(_LENGTHS)
        start = self._random.randrange(len(self._words) - length)
        return {"type": "text", "text": self._words[start : start + length]}


def _sources() -> str:
    texts = []
    size = 0
    for path in sorted(Path(sysconfig.get_path("stdlib")).rglob("*.py")):
        text = path.read_text("utf-8", "replace")
        texts.append(text)
        size += len(text)
        if size > _SOURCES:
            break
    return "".join(texts)


def _iso(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
