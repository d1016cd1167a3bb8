"""What start-up costs: ``pi -p hello``, the host's import, its memory."""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from scene import PLUGINS, median_ms, timed

from pi_host.launch import HOST
from pi_testkit import RpcPi, Say
from pi_testkit.bench import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scene import Scene

ROUNDS = 20
#: What the host's `__main__.py` does before it serves.
IMPORT = "import gc; gc.disable(); from pi_host._later import defer_tls; defer_tls(); import pi_host._process"
MOST_TIMES_PLAIN = 1.25
MOST_TIMES_BARE = 9.0
MOST_MIB = 45.0


def rows(scene: Scene) -> Iterator[Row]:
    """Measure one-shot runs side by side, then import and memory."""
    yield _one_shot(scene)
    yield _import()
    yield _memory(scene)


def _one_shot(scene: Scene) -> Row:
    scene.add(**PLUGINS)
    plain: list[float] = []
    hosted: list[float] = []
    with scene.model(lambda _: Say("hi")):
        _run(scene, [], hosted=False)
        _run(scene, [], hosted=True)  # compiles the manifest
        # In no fixed order: in strict turns one of the two always comes after the other's longer run.
        ways = [False, True] * ROUNDS
        random.Random(ROUNDS).shuffle(ways)  # a repeatable order, not a secret
        for way in ways:
            _run(scene, hosted if way else plain, hosted=way)
    ratio = statistics.median(hosted) / statistics.median(plain)
    return Row(
        "`pi -p hello` with three plugins",
        f"{median_ms(hosted):.0f} ms",
        f"{median_ms(plain):.0f} ms plain pi",
        f"{ratio:.2f}x",
        f"{MOST_TIMES_PLAIN:g}x",
        missed=ratio > MOST_TIMES_PLAIN,
    )


def _run(scene: Scene, into: list[float], *, hosted: bool) -> None:
    extension = ["-e", scene.extension] if hosted else []
    # Without a time limit: waiting with one means looking every 50 ms, which is half of what is measured here.
    with timed(into):
        done = subprocess.run(  # noqa: S603  # the provisioned pi
            [*scene.install.argv, *extension, "-p", "hello"],
            env=scene.home.env(scene.hosted_env if hosted else {}),
            cwd=scene.home.cwd,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode or done.stdout.strip() != "hi":
        raise RuntimeError(f"pi failed: {done}")


def _import() -> Row:
    bare: list[float] = []
    host: list[float] = []
    for _ in range(ROUNDS):
        for code, into in (("pass", bare), (IMPORT, host)):
            with timed(into):
                subprocess.run([sys.executable, "-E", "-P", "-c", code], check=True)  # noqa: S603  # ourselves
    ratio = min(host) / min(bare)
    return Row(
        "import of the host",
        f"{min(host) * 1e3:.0f} ms",
        f"{min(bare) * 1e3:.0f} ms bare interpreter",
        f"{ratio:.2f}x",
        f"{MOST_TIMES_BARE:g}x",
        missed=ratio > MOST_TIMES_BARE,
    )


def _memory(scene: Scene) -> Row:
    with (
        scene.model(lambda _: Say("hi")),
        RpcPi(scene.install, scene.home, extensions=[scene.extension], env=scene.hosted_env) as rpc,
    ):
        rpc.prompt("hello")
        time.sleep(0.5)
        pid = next(pid for pid, command in rpc.process.processes().items() if command[-1] == str(HOST))
        status = Path(f"/proc/{pid}/status").read_text()
    resident = int(status.partition("VmRSS:")[2].split()[0]) / 1024
    return Row(
        "resident set of the host with three plugins",
        f"{resident:.0f} MiB",
        bound=f"{MOST_MIB:g} MiB",
        missed=resident > MOST_MIB,
    )
