"""A context hook that changes nothing, in a session that is large."""

from __future__ import annotations

import json
import statistics
import uuid
from typing import TYPE_CHECKING, Any

from pi_testkit import ModelSpec, RpcPi, Say
from pi_testkit.bench import Row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scene import Scene

TURNS = 20
BYTES = 20_000_000
ROUNDS = 12
MOST_MS = 5.0

IDLE = """
from pi_host import hookimpl
@hookimpl
async def context(event, ctx):
    assert len(event.messages) > 1
"""

#: The same in pi's own process: what a context hook costs pi anyway.
IDLE_JS = "export default (pi) => pi.on('context', async (event) => { if (event.messages.length < 2) throw 1; });"

#: Two listeners around the one that is measured; pi calls them in the order of the command line.
BEFORE_JS = "export default (pi) => pi.on('context', () => { globalThis.began = performance.now(); });"
AFTER_JS = """
export default (pi) => pi.on("context", (_, ctx) => ctx.ui.notify(`took ${performance.now() - globalThis.began}`));
"""


def rows(scene: Scene) -> Iterator[Row]:
    """Measure the time between two listeners with ours or an empty one between them."""
    scene.add(idle=IDLE)
    own = _measure(scene, _write(scene, "idle.js", IDLE_JS), {})
    hosted = _measure(scene, scene.extension, scene.hosted_env)
    cost = hosted - own
    yield Row(
        f"context hook that changes nothing, {TURNS} turns, {BYTES // 1_000_000} MB, per request",
        f"{hosted:.2f} ms",
        f"{own:.2f} ms the same in pi's own process",
        f"+{cost:.2f} ms",
        f"+{MOST_MS:g} ms",
        missed=cost > MOST_MS,
    )


def _measure(scene: Scene, extension: str, env: dict[str, str]) -> float:
    around = [_write(scene, "before.js", BEFORE_JS), extension, _write(scene, "after.js", AFTER_JS)]
    session = _session(scene.home.root / f"{uuid.uuid4().hex}.jsonl", str(scene.home.cwd))
    args = ["--session", str(session)]
    with (
        scene.model(lambda _: Say("hi"), models=[ModelSpec("large", context_window=100_000_000)]) as model,
        RpcPi(scene.install, scene.home, args=args, extensions=around, env=env) as rpc,
    ):
        for _ in range(ROUNDS):
            rpc.prompt("go", timeout=60)
        if len(str(model.requests[-1].body)) < BYTES:
            raise RuntimeError("the session did not reach the model")
        notices = [request["message"] for request in rpc.ui_requests if request["method"] == "notify"]
    return statistics.median(float(notice.removeprefix("took ")) for notice in notices[1:])


def _write(scene: Scene, name: str, source: str) -> str:
    path = scene.home.root / name
    path.write_text(source)
    return str(path)


def _session(path: Path, cwd: str) -> Path:
    size = BYTES // TURNS // 2
    entries: list[dict[str, Any]] = [
        {"type": "session", "version": 3, "id": str(uuid.uuid4()), "timestamp": "2026-01-01T00:00:00.000Z", "cwd": cwd}
    ]
    parent = None
    for number in range(TURNS * 2):
        entry = {
            "type": "message",
            "id": f"{number:08x}",
            "parentId": parent,
            "timestamp": "2026-01-01T00:00:00.000Z",
            "message": _message(number, size),
        }
        parent = entry["id"]
        entries.append(entry)
    path.write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    return path


def _message(number: int, size: int) -> dict[str, Any]:
    content = [{"type": "text", "text": f"{number} " + "word " * (size // 5)}]
    if number % 2 == 0:
        return {"role": "user", "content": content, "timestamp": number}
    cost = {"input": 0, "output": 0, "cacheRead": 0, "cacheWrite": 0, "total": 0}
    usage = {"input": 1, "output": 1, "cacheRead": 0, "cacheWrite": 0, "totalTokens": 2, "cost": cost}
    return {
        "role": "assistant",
        "content": content,
        "api": "openai-completions",
        "provider": "scripted",
        "model": "large",
        "usage": usage,
        "stopReason": "stop",
        "timestamp": number,
    }
