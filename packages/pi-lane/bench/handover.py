"""From the end of one terminal's model answer to the next terminal's model request, and what an idle terminal costs.

``python packages/pi-lane/bench/handover.py [--pi 1.5.2] [--turns 30]`` prints one table; everything in it is measured
in the same run, by turns, so that the ratios hold on a busy machine too.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

from lane_support import play, start

from pi_host.launch import BRIDGE, environment
from pi_testkit import Pi, PiHome, Say, ScriptedModel
from pi_testkit.pis import provision

if TYPE_CHECKING:
    from pi_testkit import Request

#: How long the model thinks, in seconds: long enough for the next terminal to be waiting.
_THINKS_S = 0.25

_ROUNDS = 3

#: What the median of lanes may be on a quiet machine, in ms.
_BOUND_MS = 15.0


@dataclass
class Setup:
    """One way to let two terminals take turns.

    Attributes:
        name: what it is called in the table.
        gaps: from one answer's end to the next request, in ms.
    """

    name: str
    gaps: list[float]


def main() -> int:
    """Measure and print; 1 if lanes missed their bound."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pi", default="1.5.2", help="version of pi")
    parser.add_argument("--turns", type=int, default=30, help="hand-overs for each setup")
    options = parser.parse_args()
    floor, lanes, polling = (
        Setup("one pi, queued prompts (the floor)", []),
        Setup("pi-lane", []),
        Setup("mkdir + 25 ms", []),
    )
    for _ in range(_ROUNDS):
        turns = options.turns // _ROUNDS
        floor.gaps += _queued(options.pi, turns)
        lanes.gaps += _two(options.pi, turns, polling=False)
        polling.gaps += _two(options.pi, turns, polling=True)
    Console().print(_table(options.pi, [floor, lanes, polling]))
    return 1 if statistics.median(lanes.gaps) > _BOUND_MS else 0


def _table(version: str, setups: list[Setup]) -> Table:
    table = Table(title=f"pi {version}: answer done -> next request")
    for column in ("", "median", "p90", "max", "of the floor"):
        table.add_column(column, justify="right" if column else "left")
    base = statistics.median(setups[0].gaps)
    for setup in setups:
        middle = statistics.median(setup.gaps)
        p90 = statistics.quantiles(setup.gaps, n=10)[-1]
        table.add_row(
            setup.name, f"{middle:.1f} ms", f"{p90:.1f} ms", f"{max(setup.gaps):.1f} ms", f"{middle / base:.2f}x"
        )
    return table


def _queued(version: str, turns: int) -> list[float]:
    with tempfile.TemporaryDirectory(prefix="lane-bench-") as folder, _model() as model:
        pi = _pi(version, Path(folder), model)
        terminal = pi.rpc(args=["--session", str(Path(folder) / "shared.jsonl")])
        terminal.send("prompt", message="first")
        for number in range(turns):
            terminal.send("follow_up", message=f"then {number}")
        _await(model, turns + 1)
        pi.close()
        return _gaps(model.requests)


def _two(version: str, turns: int, *, polling: bool) -> list[float]:
    with tempfile.TemporaryDirectory(prefix="lane-bench-") as folder, _model() as model:
        home = Path(folder)
        plain = _pi(version, home, model)
        file = home / "shared.jsonl"
        plain.print("the first", args=["--session", str(file)])
        if polling:
            env = {"LANE_BENCH_LOCK": str(home / "lock")}
            pi = replace(plain, extensions=[Path(__file__).with_name("polling.js")], env=env)
        else:
            env = environment(plugins=["pi_lane.plugin"], autoload=False, cache=home / "cache")
            pi = replace(plain, extensions=[BRIDGE], env=env)
        terminals = start(pi, file, 2)
        before = len(model.requests)
        play(terminals, turns // 2 + 1, extras=False)
        pi.close()
        return _gaps(model.requests[before:])


def _model() -> ScriptedModel:
    return ScriptedModel(lambda request: Say(f"to {len(request.messages)}", delay=_THINKS_S))


def _pi(version: str, folder: Path, model: ScriptedModel) -> Pi:
    home = PiHome(folder / "pi")
    model.configure(home.agent_dir)
    return Pi(provision(version), home, model)


def _await(model: ScriptedModel, count: int) -> None:
    while sum(request.finished is not None for request in model.requests) < count:
        time.sleep(0.01)


def _gaps(requests: list[Request]) -> list[float]:
    done = sorted(requests, key=lambda request: request.started)
    return [(after.started - before.finished) * 1e3 for before, after in pairwise(done) if before.finished is not None]


if __name__ == "__main__":
    sys.exit(main())
