"""Real terminals on one lane, of which pi and the Python host are killed, and stopped and continued, at random moments.

    python packages/pi-lane/stress/chaos.py --minutes 3 --pi 1.5.2 --terminals 4

It ends with 1 if one of these does not hold (`chaos_audit.py` looks for them):

- Each head of the lane continues the one before it and is moved by the owner, and no two owners share an epoch.
- What is on the main line is complete: one header, no gaps, each tool call followed by its result.
- Each request of a run on the main line has all prompts before it, and no other.
- No two requests are under way at once. A request of a run that did not make it to the main line counts as ended when
  its pi or host was hit: a stopped process cannot close its connection, and finds out about its lane when it goes on.
- Every prompt is on the main line, or its terminal said that the run was stopped or not sent, or was killed itself.
- Every name and shell command that pi took is in the session, even if its terminal died before it could write.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

sys.path.insert(0, str(Path(__file__).parents[2] / "pi-host" / "tests" / "support"))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

from chaos_audit import Hit, Said, Story, judge, takeovers
from lane_stage import write_session
from lane_support import answer

from pi_host.launch import BRIDGE, HOST, environment
from pi_lane.runtime import SessionPaths, session_key
from pi_testkit import Pi, PiExitedError, PiHome, PiTimeoutError, RpcPi, ScriptedModel
from pi_testkit.pis import provision
from pi_testkit.rpc import RpcError

if TYPE_CHECKING:
    from collections.abc import Callable

console = Console()

PAUSED_AFTER_S = 2.0
TAKE_AFTER_S = 1.0
STUCK_S = 90.0

#: How often a prompt is followed by a name and a shell command.
EXTRAS = 0.4


@dataclass
class Seat:
    """One terminal, which is replaced by another one when it was killed."""

    number: int
    start: Callable[[], RpcPi]
    story: Story
    stop: threading.Event
    terminal: RpcPi = field(init=False)
    busy: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.terminal = self.start()

    def work(self) -> None:
        """Talk until it is time to stop."""
        turn = 0
        chance = random.Random(self.number)
        while not self.stop.is_set():
            said = Said(self.number, f"w{self.number}p{turn}", self.terminal.records)
            turn += 1
            self.story.said.append(said)
            try:
                self.terminal.prompt(said.text, timeout=STUCK_S)
                if chance.random() < EXTRAS:
                    self._extras(said)
            except (PiExitedError, BrokenPipeError):
                said.killed = True
                self._replace()
            except (PiTimeoutError, RpcError) as error:
                said.stuck = str(error)
                self._replace()

    def _extras(self, said: Said) -> None:
        self.terminal.send("set_session_name", name=f"name-{said.text}", timeout=STUCK_S)
        self.story.names.append(f"name-{said.text}")
        self.terminal.send("bash", command=f"echo shell-{said.text}", timeout=STUCK_S)
        self.story.shells.append(f"echo shell-{said.text}")

    def _replace(self) -> None:
        with self.busy:  # not while it is being hit
            self.terminal.kill()
            if not self.stop.is_set():
                self.terminal = self.start()

    def hit(self, chance: random.Random) -> None:
        """Kill or stop pi or the host, unless it is being hit already."""
        if not self.busy.acquire(blocking=False):
            return
        try:
            who = chance.choice(["pi", "host"])
            pids = [self.terminal.process.popen.pid] if who == "pi" else _hosts(self.terminal)
            kind = chance.choices(["kill", "stop"], [1, 2])[0]
            # As many short stops as long ones, after which the lane is somebody else's.
            seconds = 0.0 if kind == "kill" else chance.choice([0.3, PAUSED_AFTER_S + TAKE_AFTER_S + 1.5])
            for pid in pids:
                self._send(pid, kind, who, seconds)
        finally:
            self.busy.release()

    def _send(self, pid: int, kind: str, who: str, seconds: float) -> None:
        self.story.hits.append(Hit(self.number, who, kind, seconds, time.monotonic(), time.time(), _parent(self)))
        try:
            os.kill(pid, signal.SIGKILL if kind == "kill" else signal.SIGSTOP)
            if kind == "stop":
                time.sleep(seconds)
                os.kill(pid, signal.SIGCONT)
        except ProcessLookupError:
            pass  # it was about to be replaced


def _parent(seat: Seat) -> int:
    return seat.terminal.process.popen.pid


def _hosts(terminal: RpcPi) -> list[int]:
    return [pid for pid, command in terminal.process.processes().items() if command[-1:] == [str(HOST)]]


def run(version: str, count: int, minutes: float, seed: int) -> int:
    """Let ``count`` terminals talk for a while and hit them; return 1 if something does not hold."""
    chance = random.Random(seed)
    folder = tempfile.mkdtemp(prefix="chaos-")
    with ScriptedModel(answer) as model:
        home = PiHome(Path(folder) / "pi")
        model.configure(home.agent_dir)
        options = f"[plugins.lane]\npaused_after = {PAUSED_AFTER_S}\ntake_after = {TAKE_AFTER_S}\n"
        (home.agent_dir / "pi-host.toml").write_text(options, "utf-8")
        env = environment(plugins=["pi_lane.plugin"], autoload=False, cache=Path(folder) / "cache")
        pi = replace(Pi(provision(version), home, model), extensions=[BRIDGE], env=env)
        file = write_session(Path(folder) / "shared.jsonl")
        story = Story(file, SessionPaths(home.home / ".pi" / "lane", session_key(file)).register_log("main"))
        try:
            _play(story, lambda: pi.rpc(args=["--session", str(file)]), count, minutes, chance)
        finally:
            pi.close()
        problems = judge(story, model.requests)
    lines = [story.summary(), *takeovers(story, PAUSED_AFTER_S + TAKE_AFTER_S)]
    lines += [f"WRONG: {problem}" for problem in problems] or ["all holds"]
    console.print("\n".join(lines), soft_wrap=True, markup=False)
    if problems:
        console.print(f"the files are in {folder}")
    else:
        shutil.rmtree(folder)
    return min(len(problems), 1)


def _play(story: Story, start: Callable[[], RpcPi], count: int, minutes: float, chance: random.Random) -> None:
    with start() as first:  # a pi that has never seen its plugins goes on without them if its host is killed at once
        first.get_state()
    stop = threading.Event()
    seats = [Seat(number, start, story, stop) for number in range(count)]
    workers = [threading.Thread(target=seat.work) for seat in seats]
    for worker in workers:
        worker.start()
    until = time.monotonic() + 60 * minutes
    hits: list[threading.Thread] = []
    while time.monotonic() < until:
        time.sleep(chance.uniform(0.2, 1.5))
        hits.append(threading.Thread(target=chance.choice(seats).hit, args=(random.Random(chance.random()),)))
        hits[-1].start()
    stop.set()
    for thread in [*hits, *workers]:
        thread.join(2 * STUCK_S)
    # Whoever comes next writes what the dead had kept.
    with start() as last:
        story.said.append(Said(count, "the last", last.records))
        last.prompt("the last", timeout=STUCK_S)


def main() -> int:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=3)
    parser.add_argument("--pi", default="1.5.2")
    parser.add_argument("--terminals", type=int, default=4)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    console.print(f"pi {options.pi}, {options.terminals} terminals, seed {options.seed}")
    return run(options.pi, options.terminals, options.minutes, options.seed)


if __name__ == "__main__":
    sys.exit(main())
