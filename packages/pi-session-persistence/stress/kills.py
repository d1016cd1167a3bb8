"""Runs, repairs and upgrades that are killed at random moments: never less is left than was there before.

``python packages/pi-session-persistence/stress kills --rounds 100 --pi 1.5.2 --seed 1``
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

from launcher_support import Caller
from persistence_support import HEADER, chat, joined
from rich.console import Console

from pi_session_persistence import examine, repair_file
from pi_session_persistence.repair import plan
from pi_testkit import Pi, PiHome, Say, ScriptedModel
from pi_testkit.pis import provision

if TYPE_CHECKING:
    import subprocess

#: A run on a small machine takes about so long, in seconds.
RUN_S = 1.5

#: So large that a repair takes a while.
TURNS = 3000


def main() -> int:
    """Run them; 1 if something was lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--pi", default="1.5.2")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    dice = random.Random(options.seed)
    console = Console(highlight=False)
    with tempfile.TemporaryDirectory(prefix="kills-") as folder, ScriptedModel(lambda _: Say("ok")) as model:
        home = PiHome(Path(folder) / "pi")
        model.configure(home.agent_dir)
        caller = Caller(Pi(provision(options.pi), home, model), Path(folder))
        os.environ |= caller.env
        problems = [problem for _ in range(options.rounds) if (problem := one_run(caller, dice))]
        problems += [problem for _ in range(options.rounds) if (problem := one_repair(caller, Path(folder), dice))]
    for problem in problems:
        console.print(problem)
    console.print(f"{options.rounds} runs and {options.rounds} repairs killed, {len(problems)} lost something")
    return min(len(problems), 1)


def one_run(caller: Caller, dice: random.Random) -> str:
    """Kill a run of a conversation; return what was lost, nothing if all is well."""
    name = f"task {dice.random()}"
    if dice.random() < 0.8:  # noqa: PLR2004  # some are killed in their first run
        caller.run(name, "first")
    file = caller.file(name)
    before = file.read_bytes() if file.exists() else b""
    launcher = caller.start("run", name, "second")
    time.sleep(dice.random() * RUN_S)
    kill(launcher, dice)
    caller.run(name, "third")
    if not file.read_bytes().startswith(before):
        return f"{name}: what was in the file is not its beginning any more"
    if examine(file).damage:
        return f"{name}: {examine(file).damage}"
    asked = caller.history(name)[::2]
    expected = (["first"] if before else [], ["third"])
    if asked not in ([*expected[0], *expected[1]], [*expected[0], "second", *expected[1]]):
        return f"{name}: the model was asked {asked}"
    return ""


def kill(launcher: subprocess.Popen[str], dice: random.Random) -> None:
    """Kill the launcher, its pi, or both."""
    children = Path(f"/proc/{launcher.pid}/task/{launcher.pid}/children")
    with contextlib.suppress(OSError):
        pis = [int(word) for word in children.read_text().split()]
        if dice.random() < 0.7:  # noqa: PLR2004  # in most rounds
            launcher.kill()
        if dice.random() < 0.7:  # noqa: PLR2004  # as above
            for pi in pis:
                os.kill(pi, signal.SIGKILL)
    launcher.communicate(timeout=60)


def one_repair(caller: Caller, folder: Path, dice: random.Random) -> str:
    """Kill the repair of a damaged file, or the upgrade of an old one; return what was lost."""
    rows = chat(TURNS)
    if dice.random() < 0.5:  # noqa: PLR2004  # a coin
        rows = [{key: value for key, value in row.items() if key not in ("id", "parentId")} for row in rows]
        header = {key: value for key, value in HEADER.items() if key != "version"}
    else:
        del rows[dice.randrange(len(rows))]
        header = HEADER
    data = joined([header, *rows])[: -dice.randrange(1, 40)]
    file = folder / f"{dice.random()}.jsonl"
    file.write_bytes(data)
    process = caller.start("fsck", "--repair", "--force", str(file))
    time.sleep(dice.random() * RUN_S)
    process.kill()
    process.communicate()
    whole = plan(data).content
    if file.read_bytes() not in (data, whole):
        return f"{file}: neither the old file nor the new one"
    repair_file(file, force=True)
    if file.read_bytes() != whole:
        return f"{file}: a second repair came to something else"
    if data not in [path.read_bytes() for path in folder.glob(f"{file.name}.bak-*")]:
        return f"{file}: the original is not there"
    return ""


if __name__ == "__main__":
    sys.exit(main())
