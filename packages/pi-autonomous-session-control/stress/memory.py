"""Eight processes write one memory while they are killed: nothing acknowledged may be lost.

``python stress/memory.py [SECONDS]`` runs a minute by default, and ends with 1 if something was lost.

Each writer adds memories to one database, shares them through one snapshot and writes down each one that was
acknowledged. It is killed at some moment and started again. A writer that behaves as the original system does, which
rewrites the whole snapshot from its own list, works on the snapshot at the same time, and a reader checks without a
lock that it is valid at every moment.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from pi_autonomous_session_control.memory import Draft, MemoryStore, Scope, Snapshot
from pi_autonomous_session_control.memory._snapshot import read

SCOPE = Scope("repository", "/stress")
WRITERS = 8


def write(folder: Path, number: int) -> None:
    """Add until killed; every acknowledged id is written down, after the fact."""
    store = MemoryStore(folder / "self" / "memory.sqlite3")
    snapshot = Snapshot(store, folder / "snapshot.json", SCOPE)
    journal = os.open(folder / f"acknowledged-{number}", os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    chance = random.Random()
    while True:
        text = f"writer {number} learned {chance.getrandbits(64):x}"
        name = store.add(Draft(content=text, scope=SCOPE)).memory.id
        os.write(journal, f"{name}\t{text}\n".encode())
        if chance.random() < 0.2:  # noqa: PLR2004  # now and then
            snapshot.save()


def write_as_the_original(folder: Path) -> None:
    """Rewrite the whole snapshot from what was read at the start, adding to it."""
    path = folder / "snapshot.json"
    known = {entry.id: entry for entry in read(path).entries}
    journal = os.open(folder / "acknowledged-original", os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    entries = [{"layer": "longterm", "memory": _record(name, entry.content)} for name, entry in known.items()]
    while True:
        name = f"pattern-{time.time_ns()}"
        entries.append({"layer": "longterm", "memory": _record(name, f"the original learned {name}")})
        temporary = folder / "snapshot.json.tmp"
        temporary.write_text(json.dumps({"schemaVersion": 1, "savedAt": 1, "entries": entries}, indent=2))
        temporary.replace(path)
        # It keeps what it knows while it lives; killed right after writing, only the file has it.
        time.sleep(0.2)
        if name in {entry.id for entry in read(path).entries}:
            os.write(journal, f"{name}\tthe original learned {name}\n".encode())


def _record(name: str, content: str) -> dict[str, object]:
    times = {"createdAt": 1, "lastAccessedAt": 1, "accessCount": 0}
    kind = {"type": "pattern", "source": "crystallized", "topic": "general", "topics": ["general"], "strength": 1}
    return {"id": name, "content": content, "context": "turn 1", "metadata": {}, **times, **kind}


def run(folder: Path, seconds: float) -> tuple[dict[str, int], list[str]]:
    """Let the writers write and be killed; return counts, and what went wrong."""
    kinds = [*map(str, range(WRITERS)), "original"]
    writers = {kind: _start(folder, kind) for kind in kinds}
    counts = {"acknowledged": 0, "kills": 0, "valid readings": 0}
    problems: list[str] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(random.uniform(0.02, 0.2))
        reading = read(folder / "snapshot.json")
        if reading.status not in {"loaded", "missing"} or reading.discarded:
            problems.append(f"the snapshot was {reading.status}: {reading.reason}")
        counts["valid readings"] += 1
        kind = random.choice(kinds)
        if time.monotonic() - writers[kind][1] > 1:
            _kill(writers[kind][0])
            counts["kills"] += 1
            writers[kind] = _start(folder, kind)
    for process, _ in writers.values():
        _kill(process)
    return counts, problems + _lost(folder, counts)


def _start(folder: Path, kind: str) -> tuple[subprocess.Popen[bytes], float]:
    command = [sys.executable, __file__, "--write", kind, str(folder)]
    return subprocess.Popen(command, stderr=(folder / "errors").open("ab")), time.monotonic()  # noqa: S603  # ourselves


def _kill(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()


def _lost(folder: Path, counts: dict[str, int]) -> list[str]:
    problems = []
    with closing(MemoryStore(folder / "self" / "memory.sqlite3")) as store:
        if store.notice:
            problems.append(store.notice)
        saved = Snapshot(store, folder / "snapshot.json", SCOPE).save()
        if saved.message:
            problems.append(saved.message)
        kept = {memory.id: memory.content for memory in store.all()}
        shared = {entry.id for entry in read(folder / "snapshot.json").entries}
    for journal in folder.glob("acknowledged-*"):
        for line in journal.read_text().splitlines():
            name, _, text = line.partition("\t")
            counts["acknowledged"] += 1
            if kept.get(name) != text:
                problems.append(f"{journal.name}: {name} was lost")
    if set(kept) != shared:
        problems.append(f"{len(set(kept) ^ shared)} memories are only on one side")
    errors = (folder / "errors").read_text()
    return [*problems, *([errors] if errors else [])]


def main() -> int:
    """Run as a writer or as the whole."""
    if sys.argv[1:2] == ["--write"]:
        kind, folder = sys.argv[2], Path(sys.argv[3])
        if kind == "original":
            write_as_the_original(folder)
        write(folder, int(kind))
    with tempfile.TemporaryDirectory(prefix="pi-self-stress-") as folder_name:
        counts, problems = run(Path(folder_name), float(sys.argv[1]) if sys.argv[1:] else 60)
    sys.stdout.write(", ".join(f"{number} {what}" for what, number in counts.items()) + "\n")
    sys.stdout.writelines(f"{problem}\n" for problem in problems)
    sys.stdout.write("nothing was lost\n" if not problems else f"{len(problems)} problems\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
