"""What a lease costs: ``python bench/lease.py --help``.

Hand-over is the time from the moment a process begins to give the lane back to the moment the next one has it. The peer
is pi-lane's protocol made anew: a lock that is a folder, tried every 25 ms. Both run in turn in the same run; read the
ratios, the milliseconds are this machine's.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import msgspec
from rich.console import Console
from rich.table import Table

from pi_lane.lease import Instance, Lane, Projection
from pi_lane.runtime import SessionPaths
from pi_lane.store import FileStore

if TYPE_CHECKING:
    from collections.abc import Callable

#: A turn is longer than a process then thinks, so somebody always waits.
TURN_S = 0.02
THINK_S = 0.01
POLL_S = 0.025
IDLE_S = 10.0

IDLE = """
import asyncio, sys, time
from pathlib import Path
from pi_lane.lease import Instance, Lane, Projection
from pi_lane.runtime import SessionPaths
from pi_lane.store import FileStore

async def main():
    paths = SessionPaths(Path(sys.argv[1]), "k")
    me = Instance(instance_id="a", pid=1, host="h", label="l")
    async with FileStore(paths, "a") as store, Lane(store, "main", me, projection=Projection(paths, "main")) as lane:
        await lane.create(None)
        await asyncio.sleep(1.0)
        before = time.process_time()
        Path(sys.argv[1], "idle-begins").touch()
        for _ in range(int(sys.argv[2])):
            await asyncio.sleep(1.0)
            await store.keepalive("a")
        Path(sys.argv[1], "idle-ends").touch()
        print((time.process_time() - before) / int(sys.argv[2]) * 1e3)

asyncio.run(main())
"""


class Figures(msgspec.Struct):
    """What a run of contenders gave; times in milliseconds.

    Attributes:
        contenders: how many processes.
        turns: how many turns they had in all.
        handover_ms: median hand-over.
        wait_p99_ms: longest wait but for one in a hundred.
        wait_max_ms: longest wait.
        starved: processes that had no turn at all.
    """

    contenders: int
    turns: int
    handover_ms: float
    wait_p99_ms: float
    wait_max_ms: float
    starved: int


def main() -> int:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(prog="lease.py", description=__doc__)
    parser.add_argument("--contenders", type=int, nargs="*", default=[2, 20, 200])
    parser.add_argument("--seconds", type=float, default=5.0, help="for how long each of them runs, at least")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    chosen = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory(prefix="pi-lane-bench-") as folder:
        for count in chosen.contenders:
            # Long enough that everybody could have had a turn, and then some.
            seconds = max(chosen.seconds, count * TURN_S * 3)
            ours = _contend(Path(folder) / f"ours{count}", count, seconds, _by_lease)
            peer = _contend(Path(folder) / f"peer{count}", count, seconds, _by_folder)
            rows.append((ours, peer))
        looks, cpu_ms = _idle(Path(folder))
    if chosen.json:
        data = {"contention": [{"lease": ours, "folder": peer} for ours, peer in rows], "looks_per_s": looks}
        sys.stdout.write(msgspec.json.encode({**data, "idle_cpu_ms_per_s": cpu_ms}).decode() + "\n")
    else:
        Console().print(_table(rows))
        counted = "not counted, there is no strace" if looks is None else f"{looks:.1f} per second"
        Console().print(f"idle terminal: looks at the disk {counted}; {cpu_ms:.2f} ms of processor time per second")
    return 0


def _contend(folder: Path, count: int, seconds: float, work: Callable[[Path, Journal, float, float], None]) -> Figures:
    folder.mkdir()
    journal = folder / "journal.jsonl"
    # All begin together, when the last one has been started.
    begin = time.monotonic() + 0.5 + count * 0.01
    pids = []
    for _ in range(count):
        pid = os.fork()
        if not pid:
            status = 1
            try:
                work(folder, Journal(journal), begin, begin + seconds)
                status = 0
            finally:
                os._exit(status)
        pids.append(pid)
    failed = [pid for pid in pids if os.waitpid(pid, 0)[1]]
    if failed:
        raise RuntimeError(f"{len(failed)} of {count} processes failed: see what they wrote above")
    return _figures(count, journal, begin, begin + seconds)


class Journal:
    """One file that all processes append to."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write(self, what: str, **facts: float) -> None:
        """Append a line with the moment, by the clock that all processes share."""
        line = json.dumps({"what": what, "pid": os.getpid(), "at": time.monotonic(), **facts})
        os.write(self._file, f"{line}\n".encode())


def _by_lease(folder: Path, journal: Journal, begin: float, end: float) -> None:
    async def turns() -> None:
        paths = SessionPaths(folder, "0" * 24)
        name = str(os.getpid())
        me = Instance(instance_id=name, pid=os.getpid(), host="here", label=name)
        async with (
            FileStore(paths, name) as store,
            Lane(store, "main", me, projection=Projection(paths, "main")) as lane,
        ):
            await asyncio.sleep(begin - time.monotonic())
            beat = asyncio.create_task(_beat(store, name))
            number = 0
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(end - time.monotonic()):
                    while True:
                        number += 1
                        wanted = time.monotonic()
                        lease = await lane.acquire("run")
                        journal.write("got", waited=time.monotonic() - wanted)
                        await asyncio.sleep(TURN_S)
                        journal.write("gives")
                        await lease.move_head(f"{name}:{number}", lease.head)
                        await lease.release()
                        await asyncio.sleep(THINK_S)
            journal.write("ends", waited=time.monotonic() - wanted)
            beat.cancel()

    asyncio.run(turns())


async def _beat(store: FileStore, name: str) -> None:
    while True:
        await store.keepalive(name)
        await asyncio.sleep(1.0)


def _by_folder(folder: Path, journal: Journal, begin: float, end: float) -> None:
    lock = folder / "main.lock"
    time.sleep(begin - time.monotonic())
    wanted = time.monotonic()
    while time.monotonic() < end:
        try:
            lock.mkdir()
        except FileExistsError:
            time.sleep(POLL_S)
            continue
        (lock / "owner.json").write_text(json.dumps({"pid": os.getpid()}))
        journal.write("got", waited=time.monotonic() - wanted)
        time.sleep(TURN_S)
        journal.write("gives")
        (folder / "main.json").write_text(json.dumps({"head": os.getpid()}))
        shutil.rmtree(lock)
        time.sleep(THINK_S)
        wanted = time.monotonic()
    journal.write("ends", waited=time.monotonic() - wanted)


def _figures(count: int, journal: Path, begin: float, end: float) -> Figures:
    lines = sorted((json.loads(line) for line in journal.read_text().splitlines()), key=lambda line: line["at"])
    lines = [line for line in lines if begin <= line["at"] <= end or line["what"] == "ends"]
    handovers, waits, gave = [], [], None
    for line in lines:
        if line["what"] == "gives":
            gave = line
            continue
        waits.append(line["waited"] * 1e3)
        if line["what"] == "got" and gave:
            handovers.append((line["at"] - gave["at"]) * 1e3)
        gave = None
    waits.sort()
    served = {line["pid"] for line in lines if line["what"] == "got"}
    return Figures(
        contenders=count,
        turns=sum(line["what"] == "got" for line in lines),
        handover_ms=median(handovers) if handovers else float("nan"),
        wait_p99_ms=waits[int(len(waits) * 0.99)],
        wait_max_ms=waits[-1],
        starved=count - len(served),
    )


def _idle(folder: Path) -> tuple[float | None, float]:
    """Return how often an idle terminal looks at the disk per second, and its processor time in ms per second."""
    program = [sys.executable, "-c", IDLE, str(folder / "idle"), str(int(IDLE_S))]
    (folder / "idle").mkdir()
    done = subprocess.run(program, check=True, capture_output=True, text=True)  # noqa: S603  # ourselves
    strace = shutil.which("strace")
    if not strace:
        return None, float(done.stdout)
    trace = folder / "trace"
    shutil.rmtree(folder / "idle")
    (folder / "idle").mkdir()
    traced = [strace, "-f", "-o", str(trace), "-e", "trace=file", *program]
    subprocess.run(traced, check=True, capture_output=True)  # noqa: S603  # ourselves
    calls = trace.read_text()
    idle = calls[calls.index("idle-begins") : calls.index("idle-ends")].splitlines()[1:-1]
    return len([line for line in idle if re.search(r" \w+\(", line) and "idle-" not in line]) / IDLE_S, float(
        done.stdout
    )


def _table(rows: list[tuple[Figures, Figures]]) -> Table:
    table = Table(
        title="lease beside a folder that is tried every 25 ms", caption="milliseconds; ratio: lease / folder"
    )
    for title in ("contenders", "what", "lease", "folder", "ratio"):
        table.add_column(title, justify="left" if title == "what" else "right")
    for ours, peer in rows:
        for place, name in enumerate(("handover_ms", "wait_p99_ms", "wait_max_ms", "turns", "starved")):
            one, other = getattr(ours, name), getattr(peer, name)
            ratio = f"{one / other:.2f}" if other else "-"
            shown = [f"{value:.1f}" if isinstance(value, float) else str(value) for value in (one, other)]
            what = name.removesuffix("_ms").replace("_", " ")
            table.add_row("" if place else str(ours.contenders), what, *shown, ratio, end_section=name == "starved")
    return table


if __name__ == "__main__":
    sys.exit(main())
