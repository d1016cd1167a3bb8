"""What the memory costs: ``python bench/memory.py [MEMORIES]``, 100,000 by default; ends with 1 if a bound was missed.

The texts are drawn from a vocabulary as uneven as that of a language, so that some words are in nearly every memory.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from rich.console import Console
from rich.table import Table

from pi_autonomous_session_control.memory import Draft, MemoryStore, Quota, Scope, Search, Snapshot
from pi_autonomous_session_control.memory import _writing as writing
from pi_autonomous_session_control.traps import Matcher, ToolCall, Trap, match
from pi_autonomous_session_control.traps import _commands as commands

if TYPE_CHECKING:
    from collections.abc import Callable

Kind = Literal["text", "regex", "path", "command"]
HERE = Scope("repository", "/bench")
USER = Scope("user")
ROUNDS = 100


class Row(NamedTuple):
    """A measured line: times in ms, ``cpu`` being the median without waiting; the bound for ``p50`` or ``None``."""

    what: str
    p50: float
    p95: float
    cpu: float
    bound: float | None = None


class Words:
    """Draws texts."""

    def __init__(self) -> None:
        self._chance = random.Random(1)
        letters = "abcdefghijklmnopqrstuvwxyz"
        self._words = ["".join(self._chance.choices(letters, k=self._chance.randint(3, 10))) for _ in range(20_000)]
        self._weights = [1 / (rank + 1) for rank in range(len(self._words))]

    def text(self, least: int, most: int) -> str:
        """Return so many words."""
        return " ".join(self._chance.choices(self._words, self._weights, k=self._chance.randint(least, most)))


def measured(what: str, step: Callable[[], object], *, bound: float | None = None, rounds: int = ROUNDS) -> Row:
    """Return the times of ``step``."""
    times, cpu = [], []
    for _ in range(rounds):
        begin, began = time.perf_counter(), time.process_time()
        step()
        cpu.append((time.process_time() - began) * 1_000)
        times.append((time.perf_counter() - begin) * 1_000)
    return Row(what, statistics.median(times), sorted(times)[int(rounds * 0.95)], statistics.median(cpu), bound)


def memory_rows(folder: Path, number: int) -> list[Row]:
    """Measure the store with ``number`` memories."""
    words = Words()
    path = folder / "memory.sqlite3"
    quota = Quota(memories=2 * number)
    with closing(MemoryStore(path, quota=quota)) as store:
        with store.database.writing() as connection:
            for count in range(number):
                writing.create(connection, Draft(content=words.text(8, 30), scope=HERE), 1_700_000_000_000 + count)
        scopes = [HERE, USER]
        rows = [
            measured("recall, 2-5 words", lambda: store.recall(Search(words.text(2, 5), scopes)), bound=20),
            measured("search, 2-5 words", lambda: store.search(Search(words.text(2, 5), scopes)), bound=20),
            measured("the latest", lambda: store.search(Search("", scopes))),
            measured("add", lambda: store.add(Draft(content=words.text(8, 30), scope=USER))),
            measured("add what is known", lambda: store.add(Draft(content="always the same", scope=USER))),
            measured("maintain", store.maintain, rounds=3),
        ]
    return [*rows, measured("open", lambda: MemoryStore(path).close(), rounds=5)]


def snapshot_rows(folder: Path) -> list[Row]:
    """Measure sharing a thousand memories."""
    words = Words()
    with closing(MemoryStore(folder / "small.sqlite3")) as store:
        snapshot = Snapshot(store, folder / "snapshot.json", HERE)
        for _ in range(1_000):
            store.add(Draft(content=words.text(8, 30), scope=HERE))

        def change() -> None:
            store.add(Draft(content=words.text(8, 30), scope=HERE))
            snapshot.save()

        return [measured("add and write a snapshot of 1,000", change, rounds=20)]


def trap_rows() -> list[Row]:
    """Measure fifty traps of all kinds."""
    values: dict[Kind, str] = {
        "text": "secret{}",
        "regex": r"DROP\s+TABLE\s+x{}",
        "path": "src/**/x{}.py",
        "command": "git push --x{}",
    }
    kinds: list[Kind] = ["text", "regex", "path", "command"]
    traps = [
        Trap(id=str(i), description="", matchers=(Matcher(kind := kinds[i % 4], values[kind].format(i)),))
        for i in range(50)
    ]
    line = "cd /w/src && uv run pytest -q tests/unit && git commit -am 'x y' && git push origin main"
    calls = {
        "bash": ToolCall(tool="bash", input={"command": line}, cwd="/w"),
        "edit": ToolCall(
            tool="edit",
            input={"path": "src/a.py", "edits": [{"oldText": "x = 1\n" * 10, "newText": "x = 2\n" * 10}]},
            cwd="/w",
        ),
    }

    def step(call: ToolCall) -> Callable[[], object]:
        def run() -> object:
            commands.commands.cache_clear()
            return match(traps, call)

        return run

    return [measured(f"50 traps, {name}", step(call), bound=0.1, rounds=500) for name, call in calls.items()]


def main() -> int:
    """Measure and print."""
    number = int(sys.argv[1]) if sys.argv[1:] else 100_000
    with tempfile.TemporaryDirectory(prefix="pi-self-bench-") as folder:
        rows = [*memory_rows(Path(folder), number), *snapshot_rows(Path(folder)), *trap_rows()]
    table = Table(title=f"{number:,} memories, ms")
    for title in ("what", "p50", "p95", "cpu p50", "bound p50"):
        table.add_column(title, justify="left" if title == "what" else "right")
    missed = [row for row in rows if row.bound is not None and row.p50 > row.bound]
    for row in rows:
        bound = "" if row.bound is None else f"{row.bound:g}"
        table.add_row(
            row.what,
            f"{row.p50:.3f}",
            f"{row.p95:.3f}",
            f"{row.cpu:.3f}",
            bound,
            style="red" if row in missed else None,
        )
    Console().print(table)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
