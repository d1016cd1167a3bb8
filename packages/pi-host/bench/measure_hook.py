"""An awaited hook, back to back, through the real bridge and the real host."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pi_testkit.bench import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scene import Scene

ROUNDS = 3000
#: Size in bytes -> how many microseconds a hook may add.
BOUNDS = {200: 100.0, 10_000: 200.0}
MOST_TIMES_BARE = 4.0

KINDS = {"plain function": "def", "async function": "async def"}


def rows(scene: Scene) -> Iterator[Row]:
    """Measure plain and async implementations beside the bare ping-pong."""
    for kind, keyword in KINDS.items():
        scene.add(gate=f"from pi_host import hookimpl\n@hookimpl\n{keyword} tool_call(event, ctx):\n    return None\n")
        figures = _measure(scene)
        for size, bound in BOUNDS.items():
            bare, hook = (
                next(f for f in figures if (f["what"], f["size"]) == (what, size)) for what in ("bare", "hook")
            )
            ratio = hook["p50"] / bare["p50"]
            yield Row(
                f"awaited hook, {kind}, {size} B: p50 (p99)",
                f"{hook['p50']:.0f} ({hook['p99']:.0f}) µs",
                f"{bare['p50']:.0f} ({bare['p99']:.0f}) µs bare ping-pong",
                f"{ratio:.2f}x",
                f"{bound:.0f} µs, {MOST_TIMES_BARE:g}x",
                missed=hook["p50"] > bound or ratio > MOST_TIMES_BARE,
            )


def _measure(scene: Scene) -> list[dict[str, Any]]:
    script = Path(__file__).with_name("hook.mjs")
    done = subprocess.run(  # noqa: S603  # our own script on the provisioned Node
        [scene.install.node, script, scene.extension, str(ROUNDS)],
        env=scene.home.env(scene.hosted_env),
        cwd=scene.home.cwd,
        check=True,
        capture_output=True,
        text=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]
