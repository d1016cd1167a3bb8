"""A context hook that changes nothing, in a session that is large."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

from scene import Row, median_ms

from pi_testkit import ModelSpec, RpcPi, Say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scene import Scene

TURNS = 20
BYTES = 20_000_000
ROUNDS = 8
MOST_MS = 5.0

IDLE = """
from pi_host import hookimpl
@hookimpl
async def context(event, ctx):
    assert len(event.messages) > 1
"""

#: The same in pi's own process, in JavaScript: what a context hook costs pi anyway.
IDLE_JS = "export default (pi) => pi.on('context', async (event) => { if (event.messages.length < 2) throw 1; });"


def rows(scene: Scene) -> Iterator[Row]:
    """Measure from the prompt until the model has the request, with pi's own hook and with ours in turns."""
    scene.add(idle=IDLE)
    peer = scene.home.root / "idle.js"
    peer.write_text(IDLE_JS)
    own: list[float] = []
    hosted: list[float] = []
    ways = ((own, str(peer), {}), (hosted, scene.extension, scene.hosted_env))
    with scene.model(lambda _: Say("hi"), models=[ModelSpec("large", context_window=100_000_000)]) as model:
        for into, extension, env in ways * 2:
            session = _session(scene.home.root / f"{uuid.uuid4().hex}.jsonl", str(scene.home.cwd))
            args = ["--session", str(session)]
            with RpcPi(scene.install, scene.home, args=args, extensions=[extension], env=env) as rpc:
                rpc.prompt("warm up", timeout=60)
                into.extend(_seconds_in_context(rpc) for _ in range(ROUNDS))
            if len(str(model.requests[-1].body)) < BYTES:
                raise RuntimeError("the session did not reach the model")
    cost = median_ms(hosted) - median_ms(own)
    yield Row(
        f"context hook that changes nothing, {TURNS} turns, {BYTES // 1_000_000} MB, per request",
        f"{cost:+.1f} ms",
        f"a hook in pi's own process, prompt to answer {median_ms(own):.0f} ms",
        bound=f"{MOST_MS:g} ms",
        missed=cost > MOST_MS,
    )


def _seconds_in_context(rpc: RpcPi) -> float:
    import time  # noqa: PLC0415

    started = time.perf_counter()
    rpc.prompt("go", timeout=60)
    return time.perf_counter() - started


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
