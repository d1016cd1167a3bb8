"""Machines that share a store and are killed at every point, or exchange sessions in any order: nothing is ever lost.

``python packages/pi-session-persistence/stress stores --rounds 100 --seed 1``
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

from launcher_support import Caller
from rich.console import Console
from session_stage import Tale
from store_machines import Machine, in_store, said

from pi_session_persistence.stores import DirectoryStore
from pi_testkit import Pi, PiHome, Say, ScriptedModel
from pi_testkit.pis import provision

if TYPE_CHECKING:
    from collections.abc import Sequence

TESTS = Path(__file__).parents[1] / "tests"

COMMAND = [sys.executable, "-c", "from pi_session_persistence.cli import main; main()"]

#: A command on a small machine takes about so long, in seconds.
COMMAND_S = 1.2

#: A run of pi takes about so long.
RUN_S = 2.5

MACHINES = 3


def main() -> int:
    """Run them; 1 if something was lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--pi", default="1.5.2")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    dice = random.Random(options.seed)
    console = Console(highlight=False)
    problems = every_point(options.rounds)
    console.print(f"every point of a push, a pull and a sync: {len(problems)} problems")
    with tempfile.TemporaryDirectory(prefix="stores-") as folder:
        found = killed_commands(Path(folder) / "commands", options.rounds, dice)
        console.print(f"{options.rounds} rounds of killed commands on {MACHINES} machines: {len(found)} problems")
        problems += found
        found = many_at_once(Path(folder) / "many")
        console.print(f"20 sessions at once, and 8 machines with one session: {len(found)} problems")
        problems += found
        found = killed_runs(Path(folder) / "runs", max(1, options.rounds // 4), options.pi, dice)
        console.print(f"{max(1, options.rounds // 4)} rounds of killed runs on 2 machines: {len(found)} problems")
        problems += found
    for problem in problems:
        console.print(problem)
    return min(len(problems), 1)


def every_point(examples: int) -> list[str]:
    """Let the tests do more than they do by default."""
    names = [str(TESTS / "stores" / name) for name in ("test_kills.py", "test_convergence.py")]
    env = os.environ | {"PI_SESSION_KILL_STEP": "1", "PI_SESSION_EXAMPLES": str(examples)}
    words = [sys.executable, "-m", "pytest", "-q", "-o", "timeout=3600", *names]
    done = subprocess.run(words, env=env, capture_output=True, text=True, check=False)  # noqa: S603  # our own tests
    return [done.stdout[-4000:]] if done.returncode else []


def killed_commands(folder: Path, rounds: int, dice: random.Random) -> list[str]:
    """Let machines write, and kill most of their commands; then let them agree."""
    store = DirectoryStore.create(folder / "store")
    machines = [Machine(folder / str(number), store) for number in range(MACHINES)]
    tale = Tale("s-1")
    tale.user("turn 0")
    machines[0].write(tale.data)
    problems = []
    for number in range(1, rounds + 1):
        machine = dice.choice(machines)
        if machine.file.exists():
            machine.say(f"turn {number}", f"x{number}y")
        else:
            number = 0  # noqa: PLW2901  # nobody said it
        asked = [(dice.choice(machines), dice.choice(["push", "pull", "sync"])) for _ in range(2)]
        processes = [start(chosen, store, way, dice.choice(["TASK", "--all"])) for chosen, way in asked]
        time.sleep(dice.random() * COMMAND_S)
        for process in processes:
            if dice.random() < 0.8:  # noqa: PLR2004  # some come to their end
                process.send_signal(signal.SIGKILL)
            words = process.communicate()[1].decode()
            problems += [words] if "Traceback" in words else []
        expected = said(*everything(machines, store))
        if number and f"turn {number}" not in expected:
            problems.append(f"round {number}: what was just said is lost")
        if number % 10 == 0:
            problems += agree(machines, expected, f"round {number}")
    return problems + agree(machines, said(*everything(machines, store)), "the end")


def agree(machines: Sequence[Machine[DirectoryStore]], expected: set[str], when: str) -> list[str]:
    """Let all sync twice; return what they don't agree on."""
    for machine in [*machines, *machines]:
        machine.sync_all()
    problems = [f"{when}: the machines differ"] if len({str(machine.sessions) for machine in machines}) > 1 else []
    lost = expected - said(*machines[0].sessions.values())
    return problems + ([f"{when}: lost {sorted(lost)}"] if lost else [])


def everything(machines: Sequence[Machine[DirectoryStore]], store: DirectoryStore) -> list[bytes]:
    """All bytes that are anywhere."""
    return [data for machine in machines for data in machine.sessions.values()] + list(in_store(store))


def start(machine: Machine[DirectoryStore], store: DirectoryStore, *words: str) -> subprocess.Popen[bytes]:
    """Start a command on a machine."""
    env = os.environ | {"PI_SESSION_HOME": str(machine.home), "PI_SESSION_STORE": str(store.folder)}
    command = [*COMMAND, *words]
    return subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)  # noqa: S603  # our own


def many_at_once(folder: Path) -> list[str]:
    """Let 20 processes sync a session each, then 8 machines the same one."""
    store = DirectoryStore.create(folder / "store")
    one = Machine(folder / "one", store)
    names = [f"T{number}" for number in range(20)]
    for name in names:
        tale = Tale(f"s-{name}")
        tale.user(f"turn of {name}")
        one.file = one.file.with_name(f"{name}.jsonl")
        one.write(tale.data)
        start(one, store, "push", str(one.file)).communicate()
    problems = failures([start(one, store, "sync", str(one.file.with_name(f"{name}.jsonl"))) for name in names])
    machines = [Machine(folder / f"m{number}", store) for number in range(8)]
    for number, machine in enumerate(machines):
        tale = Tale("s-1", prefix=f"m{number}")
        tale.user(f"turn of machine {number}")
        machine.write(tale.data)
    expected = {f"turn of machine {number}" for number in range(8)}
    with ThreadPoolExecutor(8) as pool:
        processes = list(pool.map(lambda machine: start(machine, store, "sync", "TASK"), machines))
    problems += failures(processes)
    return problems + agree(machines, expected, "8 machines")


def failures(processes: Sequence[subprocess.Popen[bytes]]) -> list[str]:
    """Wait for commands; return what they complained about."""
    said_wrong = [process.communicate()[1].decode() for process in processes]
    return [words for words in said_wrong if words]


def killed_runs(folder: Path, rounds: int, version: str, dice: random.Random) -> list[str]:
    """Kill runs on two machines at random moments; nothing that a session file had may be lost."""
    folder.mkdir()
    store = DirectoryStore.create(folder / "store")
    problems: list[str] = []
    with ScriptedModel(lambda _: Say("ok")) as model:
        home = PiHome(folder / "pi")
        model.configure(home.agent_dir)
        callers = []
        for name in ("one", "two"):
            (folder / name).mkdir()
            callers.append(Caller(Pi(provision(version), home, model), folder / name))
        for number in range(rounds):
            caller = dice.choice(callers)
            words = ("run", "TASK", f"turn {number}", "--store", str(store.folder))
            launcher = caller.start(*words)
            time.sleep(dice.random() * RUN_S)
            launcher.kill()
            complaint = launcher.communicate()[1]
            problems += [complaint] if "Traceback" in complaint else []
            kept = said(*files(callers), *in_store(store))
            if number % 5 == 4:  # noqa: PLR2004  # now and then
                for other in [*callers, *callers, *callers]:
                    other.command("sync", "--all", "--store", str(store.folder))
                lost = kept - said(*files(callers[:1]))
                problems += [f"run {number}: lost {sorted(lost)}"] if lost else []
                problems += (
                    [] if len({str(files([other])) for other in callers}) == 1 else [f"run {number}: they differ"]
                )
    shutil.rmtree(folder)
    return problems


def files(callers: Sequence[Caller]) -> list[bytes]:
    """All session files of these machines."""
    return [path.read_bytes() for caller in callers for path in sorted(caller.registry.sessions.glob("*.jsonl"))]


if __name__ == "__main__":
    sys.exit(main())
