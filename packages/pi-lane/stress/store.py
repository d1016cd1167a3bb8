"""Many processes on one lane, some of which are killed and stopped as they go: ``python stress/store.py --help``.

Prints figures, and what must not have happened; exits with 1 if something of that did.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table
from store_audit import audit
from store_worker import Journal, Plan, start

from pi_lane.runtime import SessionPaths
from pi_lane.store._register import Register

#: A process is stopped for up to so long, in seconds: at times beyond the limit at which it counts as paused.
LONGEST_STOP_S = 2.5


class Herd:
    """The processes of a run, and what is done to them."""

    def __init__(self, paths: SessionPaths, journal: Path, plan: Plan) -> None:
        self._paths = paths
        self._path = journal
        self._journal = Journal(journal)
        self._plan = plan
        self.pids: set[int] = set()
        self._stopped: dict[int, float] = {}
        self._register = Register(paths.register_log("main"), "main")
        self.kills = self.stops = 0

    def add(self, count: int) -> None:
        """Start so many processes."""
        for _ in range(count):
            self.pids.add(start(self._paths, self._path, self._plan))

    def kill(self) -> None:
        """Kill a process, and start another in its place."""
        pid = self._victim()
        self._journal.write("kill", victim=pid)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        self.kills += 1
        self.pids.discard(pid)
        self._stopped.pop(pid, None)
        self.add(1)

    def stop(self) -> None:
        """Stop a process for a while."""
        pid = self._victim()
        os.kill(pid, signal.SIGSTOP)
        self.stops += 1
        self._stopped[pid] = time.monotonic() + random.uniform(0.0, LONGEST_STOP_S)

    def _victim(self) -> int:
        """Return the owner, every other time, or anybody; one that stands still already is left alone."""
        owner = self._register.read()[1].owner
        running = self.pids - set(self._stopped)
        hits_owner = owner and owner.pid in running and random.choice([True, False])
        return owner.pid if owner and hits_owner else random.choice(sorted(running))

    def resume(self, *, everybody: bool = False) -> None:
        """Let those go on whose time is over."""
        now = time.monotonic()
        for pid in [pid for pid, until in self._stopped.items() if everybody or until < now]:
            os.kill(pid, signal.SIGCONT)
            del self._stopped[pid]

    def end(self) -> list[str]:
        """Let all processes end in order; return what is to be said of those that did not."""
        self.resume(everybody=True)
        for pid in self.pids:
            os.kill(pid, signal.SIGTERM)
        return self.gather(time.monotonic() + 30.0)

    def gather(self, until: float) -> list[str]:
        """Wait for all processes to end; return what is to be said of those that did not do so in order."""
        wrong = []
        while self.pids and time.monotonic() < until:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid in self.pids:
                self.pids.discard(pid)
                if status:
                    wrong.append(f"process {pid} ended with status {status}")
            elif not pid:
                time.sleep(0.01)
        for pid in self.pids:
            wrong.append(f"process {pid} did not end")
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
        return wrong


def main() -> int:
    """Do a run, and report it."""
    chosen = _arguments()
    plan = Plan(turn_s=chosen.turn_ms / 1e3, clock_jumps=chosen.clock_jumps, turns=chosen.turns)
    with tempfile.TemporaryDirectory(prefix="pi-lane-stress-", dir=chosen.folder) as folder:
        paths = SessionPaths(Path(folder), "0" * 24)
        journal = Path(folder) / "journal.jsonl"
        herd = Herd(paths, journal, plan)
        herd.add(chosen.processes)
        wrong = _chaos(herd, chosen) if not chosen.turns else herd.gather(time.monotonic() + chosen.seconds)
        report = audit(paths, journal, ended=True)
    report.violations += wrong
    figures = {"processes": chosen.processes, "kills": herd.kills, "stops": herd.stops, **msgspec.to_builtins(report)}
    if chosen.json:
        sys.stdout.write(msgspec.json.encode(figures).decode() + "\n")
    else:
        Console().print(_table(figures))
    return 1 if report.violations else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="store.py", description=__doc__)
    parser.add_argument("--processes", type=int, default=20, help="how many at a time")
    parser.add_argument("--seconds", type=float, default=20.0, help="for how long")
    parser.add_argument("--kill-every", type=float, default=0.1, help="seconds between two kills; 0 for none")
    parser.add_argument("--stop-every", type=float, default=0.4, help="seconds between two stops; 0 for none")
    parser.add_argument("--turn-ms", type=float, default=2.0, help="how long a turn takes")
    parser.add_argument("--turns", type=int, default=0, help="let each process do so many turns, undisturbed")
    parser.add_argument("--clock-jumps", action="store_true", help="let the wall clock of each process jump")
    parser.add_argument("--folder", type=Path, help="where to work")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    return parser.parse_args()


def _chaos(herd: Herd, chosen: argparse.Namespace) -> list[str]:
    end = time.monotonic() + chosen.seconds
    # Those that have just been started take a while to come into play.
    next_kill = next_stop = time.monotonic() + 0.5
    while (now := time.monotonic()) < end:
        if chosen.kill_every and now >= next_kill:
            herd.kill()
            next_kill = now + random.expovariate(1 / chosen.kill_every)
        if chosen.stop_every and now >= next_stop:
            herd.stop()
            next_stop = now + random.expovariate(1 / chosen.stop_every)
        herd.resume()
        time.sleep(0.002)
    return herd.end()


def _table(figures: dict[str, object]) -> Table:
    table = Table(title="lane under stress")
    table.add_column("what")
    table.add_column("figure", justify="right")
    for name, value in figures.items():
        if isinstance(value, list):
            shown = "\n".join(value) or "none"
        else:
            shown = f"{value:.1f}" if isinstance(value, float) else str(value)
        table.add_row(name.replace("_", " "), shown)
    return table


if __name__ == "__main__":
    sys.exit(main())
