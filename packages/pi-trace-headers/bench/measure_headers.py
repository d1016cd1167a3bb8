"""The time that real pi waits before each model request, with three rules.

A listener before and one behind the bridge stop the time inside pi, so it is all that a request waits: the way to
Python, the rules, and the way back. Measured in turns with a plugin that sets one fixed header, which is what the host
takes for any plugin, and with a listener in JavaScript.
"""

from __future__ import annotations

import statistics
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from pi_host.launch import BRIDGE
from pi_testkit import Say, ScriptedModel
from pi_testkit.bench import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scene import Scene

#: Microseconds that a request may wait with three rules, and those of them that the rules may take themselves.
_BOUND: Final = 500.0
_OWN_BOUND: Final = 150.0

_REQUESTS: Final = 40  # in each round
_ROUNDS: Final = 5

_RULES: Final = """
[plugins.trace-headers]
opt_out = "ignore"
[[plugins.trace-headers.rule]]
match = { provider = "scripted" }
preset = "w3c"
[[plugins.trace-headers.rule]]
match = { host = "127.0.0.1" }
preset = "portkey"
[[plugins.trace-headers.rule]]
match = { provider = "scripted" }
preset = "opper"
headers = { X-Run = "{run.id}", X-Request = "{request.n}/{attempt}" }
"""

_FIXED: Final = """
from pi_host import hookimpl
@hookimpl
def before_provider_headers(event):
    event.headers["x-run"] = "1"
"""

_NATIVE: Final = """
export default (pi) => pi.on("before_provider_headers", (event) => {
  event.headers["x-run"] = "1";
  for (let n = 0; n < 9; n++) event.headers[`x-header-${n}`] = "01970000-0000-7000-8000-000000000000";
});
"""


class _Case(NamedTuple):
    """What stands between the two clocks."""

    extension: Path
    plugins: list[str]


def rows(scene: Scene) -> Iterator[Row]:
    """Measure the rules, the host alone, and JavaScript, in turns."""
    native, fixed = scene.folder / "native.mjs", scene.folder / "fixed.py"
    native.write_text(_NATIVE, "utf-8")
    fixed.write_text(_FIXED, "utf-8")
    cases = {
        "rules": _Case(BRIDGE, ["trace-headers"]),
        "fixed": _Case(BRIDGE, [str(fixed)]),
        "native": _Case(native, []),
    }
    times: dict[str, list[list[float]]] = {name: [] for name in cases}
    for number in range(_ROUNDS):
        for name, case in cases.items():
            times[name].append(_measure(scene, f"{name}-{number}", case))
    # Others on this machine only ever add to it: the quietest round tells what it takes.
    p50 = {name: min(map(statistics.median, rounds)) for name, rounds in times.items()}
    whole = [time for round_ in times["rules"] for time in round_]
    own = p50["rules"] - p50["fixed"]
    yield Row(
        f"wait for three rules: p50, quietest of {_ROUNDS} rounds",
        f"{p50['rules']:.0f} µs",
        f"{p50['fixed']:.0f} µs one fixed header (the host's share)",
        f"{own:+.0f} µs",
        f"{_BOUND:.0f} µs, own {_OWN_BOUND:+.0f} µs",
        missed=p50["rules"] > _BOUND or own > _OWN_BOUND,
    )
    p95 = statistics.quantiles(whole, n=20)[-1]
    yield Row(
        "the same: p50 (p95) of all rounds",
        f"{statistics.median(whole):.0f} ({p95:.0f}) µs",
        f"{p50['native']:.0f} µs a listener in JavaScript",
    )


def _measure(scene: Scene, name: str, case: _Case) -> list[float]:
    """Return what each request of one pi waited for, microseconds; the first, for which Python starts, is left out."""
    home = scene.home(name, _RULES)
    times = home.root / "times"
    clocks = [home.root / "first.mjs", home.root / "last.mjs"]
    for path in clocks:
        path.write_bytes(Path(__file__).with_name("clock.mjs").read_bytes())
    loaded = [str(path) for path in (clocks[0], case.extension, clocks[1])]
    with ScriptedModel(lambda _: Say("yes")) as model:
        with scene.start(home, model, case.plugins, loaded, PI_TRACE_BENCH=str(times)) as pi:
            for number in range(_REQUESTS + 1):
                pi.prompt(f"{number}")
        if model.requests[-1].header("x-run") is None:
            raise RuntimeError(f"nothing was at work; see {home.root / 'cache' / 'host.log'}")
    return [float(line) for line in times.read_text("utf-8").split()][1:]
