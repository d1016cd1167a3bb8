"""Many runs of several real terminals on one session: no fork, no lost turn, no overlapping request.

``python packages/pi-lane/stress/lanes.py --runs 50 --pi 1.5.2 --terminals 4 --prompts 8``
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

from lane_support import Audit, answer, await_shells, play, start
from rich.console import Console

from pi_host.launch import BRIDGE, environment
from pi_testkit import Pi, PiHome, ScriptedModel
from pi_testkit.pis import provision


def main() -> int:
    """Run them; 1 if one was not clean."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--pi", default="1.5.2")
    parser.add_argument("--terminals", type=int, default=0, help="3 or 4 by turns if not given")
    parser.add_argument("--prompts", type=int, default=8)
    options = parser.parse_args()
    console = Console(highlight=False)
    bad = 0
    for number in range(options.runs):
        terminals = options.terminals or 3 + number % 2
        existing = number % 4 in {0, 1}
        started = time.monotonic()
        problem = one_run(options.pi, terminals, options.prompts, existing=existing)
        bad += bool(problem)
        kind = "existing" if existing else "new"
        took = time.monotonic() - started
        console.print(f"{number + 1}: {terminals} terminals, {kind} file, {took:.1f} s: {problem or 'clean'}")
    console.print(f"{options.runs} runs of pi {options.pi}, {bad} not clean")
    return min(bad, 1)


def one_run(version: str, count: int, prompts: int, *, existing: bool) -> str:
    """Let ``count`` terminals talk at once; return what is wrong with what came of it, nothing if all is well."""
    with tempfile.TemporaryDirectory(prefix="lanes-") as folder, ScriptedModel(answer) as model:
        home = PiHome(Path(folder) / "pi")
        model.configure(home.agent_dir)
        file = Path(folder) / "shared.jsonl"
        env = environment(plugins=["pi_lane.plugin"], autoload=False, cache=Path(folder) / "cache")
        plain = Pi(provision(version), home, model)
        pi = replace(plain, extensions=[BRIDGE], env=env)
        try:
            if existing:
                plain.print("the first", args=["--session", str(file)])
            terminals = start(pi, file, count)
            time.sleep(random.random() / 4)  # not all at the same point of their start
            said = play(terminals, prompts)
            await_shells(file, len(said))
            errors = [error for terminal in terminals for error in terminal.errors]
            notices = [r["message"] for t in terminals for r in t.ui_requests if r["method"] == "notify"]
        finally:
            pi.close()
        return _judge(Audit.of(file, model.requests), said, [*map(str, errors), *notices])


def _judge(audit: Audit, said: list[str], errors: list[str]) -> str:
    if errors:
        return f"told: {errors[:3]}"
    if not audit.clean:
        return str(audit)
    lost = set(said) - set(audit.prompts)
    shells = {f"echo shell-{text}" for text in said} ^ set(audit.shells)
    names = {f"named by {text}" for text in said} ^ set(audit.names)
    return f"lost: {lost or ''} {shells or ''} {names or ''}" if lost or shells or names else ""


if __name__ == "__main__":
    sys.exit(main())
