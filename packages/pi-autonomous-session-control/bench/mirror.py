"""What the mirror costs: ``python bench/mirror.py [EVENTS]``, 2,000 by default; ends with 1 if a bound was missed.

A hook waits only for what is measured as "hook"; the rest is done by the mirror's thread while pi goes on.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from rich.console import Console
from rich.table import Table

from pi_autonomous_session_control.loops import find
from pi_autonomous_session_control.mirror import Beginning, Event, Mirror, Turn, fold
from pi_autonomous_session_control.mirror._worktree import WorkTree

if TYPE_CHECKING:
    from collections.abc import Callable

OUTPUT = "\n".join(f"tests/test_{number}.py::test_case PASSED" for number in range(100)) + "\n100 passed in 1.23s"
FILES = 2_000


class Row(NamedTuple):
    """A measured line: times in ms; the bound for ``p50`` or ``None``."""

    what: str
    p50: float
    p95: float
    bound: float | None = None


def row(what: str, times: list[float], bound: float | None = None) -> Row:
    """Return the line for ``times``, in ns."""
    ordered = sorted(times)
    return Row(what, statistics.median(ordered) / 1e6, ordered[int(len(ordered) * 0.95)] / 1e6, bound)


def timed(step: Callable[[], object], rounds: int) -> list[float]:
    """Return how long ``step`` took each time, in ns."""
    times = []
    for _ in range(rounds):
        began = time.perf_counter_ns()
        step()
        times.append(float(time.perf_counter_ns() - began))
    return times


def hooks(folder: Path, number: int) -> list[Row]:
    """Measure what the hooks wait for, at the pace of a quick agent, and the time until all is written."""
    work = folder / "work"
    work.mkdir()
    beginning = Beginning(session="s", file=str(folder / "s.jsonl"), cwd=str(work), reason="startup", leaf="e0")
    mirror = Mirror(folder / "self" / "mirror.sqlite3", beginning, tell=print)
    mirror.ready.wait(10)
    begun = time.process_time_ns()
    times: dict[str, list[float]] = {}
    content = [{"type": "text", "text": OUTPUT}]
    cpu = time.thread_time_ns()
    for index in range(number):
        name, entry = f"c{index}", f"e{index}"
        command: dict[str, Any] = {"command": f"uv run pytest -q tests/test_{index}.py"}
        write: dict[str, Any] = {"path": f"f{index % 50}.py", "content": f"x = {index}\n" * 100}
        (work / write["path"]).write_text(write["content"])
        steps: dict[str, Callable[[], object]] = {
            "turn": partial(mirror.note, Turn(at=time.time_ns() // 1_000_000, entry=entry)),
            "call": partial(mirror.call, entry, name, "bash", command),
            "bash result": partial(mirror.result, entry, (name, "bash", command), content, failed=False),
            "write result": partial(mirror.result, entry, (name + "w", "write", write), content, failed=False),
        }
        for what, step in steps.items():
            times.setdefault(what, []).extend(timed(step, 1))
            time.sleep(0.004)  # a tool takes longer
    spent = time.process_time_ns() - begun - (time.thread_time_ns() - cpu)
    began = time.perf_counter_ns()
    mirror.drain(120)
    left = float(time.perf_counter_ns() - began)
    rows = [row(f"hook: {name}", found, bound=0.2) for name, found in times.items()]
    events = mirror.events()
    rows += [row("the thread, each event", [spent / (4 * number)]), row("written after the last", [left])]
    rows += questions(events)
    mirror.close()
    return rows


def questions(events: list[Event]) -> list[Row]:
    """Measure what an answer takes."""
    what = f"{len(events):,} events"
    return [
        row(f"fold of {what}", timed(lambda: fold(events), 10)),
        row(f"loops in {what}", timed(lambda: find(events), 10)),
    ]


def trees(folder: Path) -> list[Row]:
    """Measure a look at the files."""
    rows = []
    for kind in ("folder", "git"):
        work = folder / kind
        for number in range(FILES):
            path = work / f"d{number % 40}" / f"f{number}.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(str(number))
        if kind == "git":
            for args in (
                ["init", "-q"],
                ["add", "."],
                ["-c", "user.email=a@b", "-c", "user.name=n", "commit", "-qm", "x"],
            ):
                subprocess.run(["git", *args], cwd=work, check=True)  # noqa: S603, S607  # our own arguments
        tree = WorkTree(work)
        tree.begin(None)
        rows.append(row(f"look at {FILES:,} files, {kind}", timed(tree.look, 10)))
    return rows


def main() -> int:
    """Measure and print."""
    number = int(sys.argv[1]) if sys.argv[1:] else 2_000
    with tempfile.TemporaryDirectory(prefix="pi-self-bench-") as name:
        rows = [*hooks(Path(name), number), *trees(Path(name))]
    table = Table(title="the mirror, ms")
    for title in ("what", "p50", "p95", "bound p50"):
        table.add_column(title, justify="left" if title == "what" else "right")
    missed = [found for found in rows if found.bound is not None and found.p50 > found.bound]
    for found in rows:
        bound = "" if found.bound is None else f"{found.bound:g}"
        table.add_row(
            found.what, f"{found.p50:.3f}", f"{found.p95:.3f}", bound, style="red" if found in missed else None
        )
    Console().print(table)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
