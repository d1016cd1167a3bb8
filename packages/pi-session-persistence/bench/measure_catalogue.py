"""The catalogue beside its peers: pi's own list of sessions, `grep` over all of them, and reading a file anew.

The search makes about 1 GB of sessions, and a catalogue of a quarter of that, in the folder for temporary files.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from functools import partial
from statistics import median
from typing import IO, TYPE_CHECKING

from sessions import BEGIN_MS, Sessions

from pi_session_persistence import examine
from pi_session_persistence.catalogue import Catalogue, Places
from pi_testkit.bench import Row
from pi_testkit.pis import provision

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["growth", "listing", "opening", "searching"]

PI = "1.5.2"
MANY = 10_000
ROUNDS = 15

LIST_MS = 50.0
SEARCH_MS = 50.0
OPEN_MS = 10.0
OPEN_RATIO = 0.5
#: Time for a new byte, of a large file as against a small one.
GROWTH_RATIO = 2.0

SMALL = 1_000_000
LARGE = 100_000_000
OPENED = 2_400_000
#: Bytes that are appended, once and tenfold.
NEWS = 100_000

#: Rare words, words that are in most files, phrases, beginnings and alternatives.
QUERIES = (
    *("sqlite", "import", "return self", '"raise ValueError"', "asyncio -socket", "unicod*", "tarfile OR zipfile"),
    *("mimetypes guess extension", "def", '"for name in"', "decimal quantize", "xmlrpc", "the", "weakref finalize"),
    *(
        "pickle protocol",
        "turtle",
        "logging handler formatter",
        "os path join",
        "nosuchwordanywhere",
        "ssl certificate",
    ),
)

#: For each line of its input prints in how many milliseconds pi does something, and what came of it.
PI_JS = """
import { createInterface } from "node:readline";
const [index, what, argument] = process.argv.slice(1);
const { SessionManager } = await import(index);
for await (const _ of createInterface({ input: process.stdin })) {
  const began = performance.now();
  const made = what === "list" ? await SessionManager.listAll() : SessionManager.open(argument);
  console.log(JSON.stringify([performance.now() - began, what === "list" ? made.length : 1]));
}
"""


class _Pi:
    """A pi that waits to be asked, so that its start is not measured."""

    def __init__(self, agent: Path, *words: str) -> None:
        install = provision(PI)
        index = install.root / "node_modules/@earendil-works/pi-coding-agent/dist/bundle/index.js"
        command = [str(install.node), "--input-type=module", "-e", PI_JS, index.as_uri(), *words]
        env = {**os.environ, "PI_CODING_AGENT_DIR": str(agent)}
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env)  # noqa: S603  # the provisioned Node

    def ask(self) -> tuple[float, int]:
        """Return how many milliseconds it took, and how many sessions there were."""
        print(file=_open(self._process.stdin), flush=True)
        took, count = json.loads(_open(self._process.stdout).readline())
        return took, count

    def end(self) -> None:
        """Let it go."""
        self._process.communicate()


def _open(stream: IO[str] | None) -> IO[str]:
    if stream is None:
        raise RuntimeError("pi is to be talked to through pipes")
    return stream


def listing(folder: Path) -> Iterator[Row]:
    """Ten thousand sessions that are known already."""
    agent, cache = folder / "agent", folder / "cache"
    _rest(Sessions().write(agent / "sessions", MANY, 1))
    places = Places((agent / "sessions",))
    with Catalogue(cache / "catalogue.sqlite3") as catalogue:
        catalogue.refresh(places)
    ours = [_milliseconds(lambda: _listed(cache, places)) for _ in range(ROUNDS)]
    pi = _Pi(agent, "list")
    pis = [pi.ask() for _ in range(3)]
    pi.end()
    if pis[0][1] != MANY:
        raise RuntimeError(f"pi sees {pis[0][1]} sessions of {MANY}")
    own, peer = min(ours), min(took for took, _ in pis)
    what = f"list of {MANY:,} sessions, nothing new, best of {ROUNDS}"
    yield Row(what, f"{own:.0f} ms", f"{peer:,.0f} ms pi", f"{own / peer:.3f}", f"{LIST_MS:g} ms", own > LIST_MS)
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "PI_CODING_AGENT_DIR": str(agent)}
    env |= {"PI_SESSION_CACHE": str(cache), "PI_SESSION_HOME": str(folder / "ids")}
    command = [sys.executable, "-c", "from pi_session_persistence.cli import main; main()", "list"]
    whole = min(_milliseconds(lambda: _run(command, env)) for _ in range(ROUNDS))
    python = min(_milliseconds(lambda: _run([sys.executable, "-c", ""], env)) for _ in range(ROUNDS))
    helped = min(_milliseconds(lambda: _run([*command[:-1], "path", "x"], env)) for _ in range(ROUNDS))
    yield Row("the same as a command, a table of 50", f"{whole:.0f} ms")
    yield Row("  of it: the interpreter's start", f"{python:.0f} ms")
    yield Row("  of it: what every command imports", f"{helped - python:.0f} ms")


def searching(folder: Path) -> Iterator[Row]:
    """A gigabyte of sessions."""
    sessions = folder / "sessions"
    files = Sessions().write(sessions, 1000, SMALL)
    _rest(files)
    size = sum(file.stat().st_size for file in files)
    with Catalogue(folder / "catalogue.sqlite3") as catalogue:
        took = _milliseconds(lambda: catalogue.refresh(Places((sessions,))))
        speed, kept = size / took / 1e3, catalogue.file.stat().st_size / size
        yield Row(f"{size / 1e9:.2f} GB brought into the catalogue", f"{took / 1e3:.0f} s", f"{speed:.0f} MB/s")
        yield Row("  the catalogue's size beside the sessions'", f"{kept:.2f}")
        times = sorted(_milliseconds(partial(catalogue.search, query)) for query in QUERIES * 3)
    whole = [shutil.which("grep") or "grep", "-rl", "quantize", str(sessions)]
    peer = min(_milliseconds(lambda: _run(whole)) for _ in range(3))
    own = median(times)
    yield Row(
        f"search in it, median of {len(QUERIES)} queries",
        f"{own:.1f} ms",
        f"{peer:,.0f} ms grep",
        f"{own / peer:.3f}",
        f"{SEARCH_MS:g} ms",
        own > SEARCH_MS,
    )
    yield Row("  the slowest twentieth", f"{times[-len(times) // 20]:.1f} ms")


def growth(folder: Path) -> Iterator[Row]:
    """A few new entries in a short and in a long file."""
    sessions = folder / "sessions"
    sessions.mkdir()
    maker = Sessions()
    writers = {size: _Writer(maker, sessions / f"{size}.jsonl", size) for size in (SMALL, LARGE)}
    spent: dict[tuple[int, int], list[float]] = {}
    with Catalogue(folder / "catalogue.sqlite3") as catalogue:
        took = _milliseconds(partial(catalogue.refresh, Places((sessions,))))
        for number in range(10):
            for news in (NEWS, 10 * NEWS):
                # By turns, so that what else is done, by the catalogue or by the machine, hits both.
                for size in sorted(writers, reverse=bool(number % 2)):
                    spent.setdefault((size, news), []).append(_grown(catalogue, writers[size], sessions, news))
    for news in (NEWS, 10 * NEWS):
        small, large = min(spent[SMALL, news]), min(spent[LARGE, news])
        yield Row(
            f"{news / 1e3:,.0f} kB more in a file of {LARGE / 1e6:g} MB, for each MB, best of 10",
            f"{large * 1e6:.0f} ms",
            f"{small * 1e6:.0f} ms in one of {SMALL / 1e6:g} MB",
            f"{large / small:.2f}",
            f"{GROWTH_RATIO:g}",
            large / small > GROWTH_RATIO,
        )
    yield Row("both files read anew, for each MB", f"{took / (SMALL + LARGE) * 1e6:.0f} ms")


def opening(folder: Path) -> Iterator[Row]:
    """A session opened and checked, as pi opens it."""
    (file,) = Sessions().write(folder, 1, OPENED)
    pi = _Pi(folder, "open", str(file))
    ours, pis = [], []
    for _ in range(40):  # by turns, so that what else the machine does hits both
        pis.append(pi.ask()[0])
        ours.append(_milliseconds(lambda: examine(file)))
    pi.end()
    own, peer = min(ours), min(pis)
    yield Row(
        f"{file.stat().st_size / 1e6:.1f} MB opened and checked, best of 40",
        f"{own:.1f} ms",
        f"{peer:.1f} ms opened by pi",
        f"{own / peer:.2f}",
        f"{OPEN_MS:g} ms, {OPEN_RATIO:g}",
        own > OPEN_MS or own / peer > OPEN_RATIO,
    )


class _Writer:
    """Writes a session that grows."""

    def __init__(self, maker: Sessions, file: Path, size: int) -> None:
        self._maker, self._file = maker, file
        self._turn, self._parent = 0, None
        header = {"type": "session", "version": 3, "id": "s", "timestamp": "2026-01-01T00:00:00.000Z", "cwd": "/w"}
        file.write_text(json.dumps(header) + "\n")
        self.grow(size)

    def grow(self, size: int) -> int:
        """Append about so many bytes; return how many."""
        written = 0
        with self._file.open("a", encoding="utf-8") as file:
            while written < size:
                for entry in self._maker.entries(self._turn, self._parent, BEGIN_MS + self._turn * 1000):
                    written += file.write(json.dumps(entry) + "\n")
                    self._parent = entry["id"]
                self._turn += 1
        return written


def _grown(catalogue: Catalogue, writer: _Writer, place: Path, news: int) -> float:
    """Return the milliseconds that a new byte takes."""
    size = writer.grow(news)
    return _milliseconds(lambda: catalogue.refresh(Places((place,)))) / size


def _listed(cache: Path, places: Places) -> None:
    with Catalogue(cache / "catalogue.sqlite3") as catalogue:
        done = catalogue.refresh(places)
        if len(catalogue.sessions()) != MANY or done.indexed:
            raise RuntimeError(f"{done} is not what was to be measured")


def _rest(files: list[Path]) -> None:
    """Make files look as if they were written an hour ago."""
    then = time.time() - 3600
    for file in files:
        os.utime(file, (then, then))


def _run(command: list[str], env: dict[str, str] | None = None) -> None:
    subprocess.run(command, env=env, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603  # ourselves, or grep


def _milliseconds(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return (time.perf_counter() - began) * 1e3
