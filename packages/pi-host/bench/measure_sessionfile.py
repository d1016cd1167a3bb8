"""Session files: opened and checked beside pi's own session manager, and scanned without keeping them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from scene import timed

from pi_host.sessionfile import Session
from pi_testkit.bench import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scene import Scene

SMALL = 2_400_000
LARGE = 100_000_000
ROUNDS = 40
MOST_MS = 10.0
MOST_RATIO = 0.5
MOST_SECONDS = 1.0
MOST_MB = 50.0

#: What tools show models all day long.
SOURCE = Path(json.decoder.__file__).read_text(encoding="ascii") * 20
LENGTHS = (50, 100, 300, 500, 700, 900, 1500, 3000, 7000)

#: For each line of its input prints how many milliseconds pi takes to open the file.
OPEN_JS = """
import { createInterface } from "node:readline";
const [index, file] = process.argv.slice(1);
const { SessionManager } = await import(index);
for await (const _ of createInterface({ input: process.stdin })) {
  const began = performance.now();
  SessionManager.open(file);
  console.log(performance.now() - began);
}
"""

#: Prints seconds and megabytes of memory that a scan takes.
SCAN_PY = """
import sys, time
from pathlib import Path
from pi_host.sessionfile import scan
def peak(): return int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) * 1024 / 1e6
before, began = peak(), time.perf_counter()
count = sum(1 for _ in scan(Path(sys.argv[1])))
print(time.perf_counter() - began, peak() - before)
"""


def rows(scene: Scene) -> Iterator[Row]:
    """Measure a session as long as people have them, and one that is longer than any."""
    small, large = (scene.home.root / f"{size}.jsonl" for size in (SMALL, LARGE))
    _write(small, SMALL)
    yield _beside_pi(scene, small)
    _write(large, LARGE)
    yield from _scanned(large)


def _beside_pi(scene: Scene, path: Path) -> Row:
    index = scene.install.root / "node_modules/@earendil-works/pi-coding-agent/dist/bundle/index.js"
    command = [str(scene.install.node), "--input-type=module", "-e", OPEN_JS, index.as_uri(), str(path)]
    ours: list[float] = []
    pis: list[float] = []
    # By turns, so that what else the machine does hits both.
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as pi:  # noqa: S603 - the provisioned Node
        for _ in range(ROUNDS):
            print(file=pi.stdin, flush=True)
            pis.append(float(_lines(pi).readline()))
            with timed(ours):
                session = _opened(path)
            # What it takes to forget the session is another matter, as it is with pi.
            del session
        pi.communicate()
    own, peer = min(ours) * 1e3, min(pis)
    return Row(
        f"session file of {SMALL / 1e6:g} MB, opened and checked, best of {ROUNDS}",
        f"{own:.1f} ms",
        f"{peer:.1f} ms opened by pi",
        f"{own / peer:.2f}",
        f"{MOST_MS:g} ms, {MOST_RATIO:g}",
        missed=own > MOST_MS or own / peer > MOST_RATIO,
    )


def _lines(process: subprocess.Popen[str]) -> IO[str]:
    if process.stdout is None:
        raise RuntimeError("pi's output was to be read")
    return process.stdout


def _opened(path: Path) -> Session:
    session = Session.read(path)
    if session.oddities or session.leaf is None:
        raise RuntimeError(f"{path} is not what was written")
    return session


def _scanned(path: Path) -> Iterator[Row]:
    command = [sys.executable, "-c", SCAN_PY, str(path)]
    done = subprocess.run(command, capture_output=True, check=True, text=True)  # noqa: S603 - this Python
    seconds, grown = map(float, done.stdout.split())
    what = f"session file of {LARGE / 1e6:g} MB, scanned"
    yield Row(what, f"{seconds:.2f} s", bound=f"{MOST_SECONDS:g} s", missed=seconds > MOST_SECONDS)
    yield Row(f"{what}, memory", f"+{grown:.1f} MB", bound=f"+{MOST_MB:g} MB", missed=grown > MOST_MB)


def _write(path: Path, size: int) -> None:
    with path.open("w") as file:
        file.write(json.dumps({"type": "session", "version": 3, "id": "s", "timestamp": "2026-01-01T00:00:00.000Z"}))
        number = 0
        while file.tell() < size:
            file.write("\n" + json.dumps(_entry(number), ensure_ascii=False))
            number += 1
        file.write("\n")


def _entry(number: int) -> dict[str, Any]:
    block = {"type": "text", "text": _text(number)}
    call = {"type": "toolCall", "id": f"call_{number}", "name": "read", "arguments": {"path": f"src/{number}.py"}}
    if number % 20 == 0:
        message: dict[str, Any] = {"role": "user", "content": [block]}
    elif number % 2:
        usage = {"input": 1, "output": 1, "cacheRead": 0, "cacheWrite": 0, "totalTokens": 2, "cost": {"total": 0}}
        model = {"api": "openai-completions", "provider": "scripted", "model": "scripted-1"}
        message = {"role": "assistant", "content": [block, call], **model, "usage": usage, "stopReason": "toolUse"}
    else:
        message = {"role": "toolResult", "toolCallId": f"call_{number - 1}", "toolName": "read", "content": [block]}
    return {
        "type": "message",
        "id": f"{number:08x}",
        "parentId": f"{number - 1:08x}" if number else None,
        "timestamp": "2026-01-01T00:00:00.000Z",
        "message": {**message, "timestamp": number},
    }


def _text(number: int) -> str:
    """Return code of the length that texts have in recorded sessions: 2.4 MB are some 1000 entries."""
    if number % 250 == 0:
        return SOURCE[:100_000]
    start = number * 7919 % 50_000
    # One line in twenty has something else than ASCII in it.
    return ("" if number % 20 else "é ü ") + SOURCE[start : start + LENGTHS[number % len(LENGTHS)]]
