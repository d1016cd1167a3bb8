"""Every trouble that a collector can make, with every pi: ``python packages/pi-trace-headers/stress/collector.py``.

For each, pi works and ends as with a collector that is well. Exit code 1 if it does not.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "support"))

from span_support import Collector

from pi_host.launch import BRIDGE, environment
from pi_testkit import Call, PiHome, RpcPi, Say, ScriptedModel
from pi_testkit.pis import PI_VERSIONS, provision

if TYPE_CHECKING:
    from collections.abc import Callable

    from pi_testkit import PiInstall

#: What a busy machine may add to twice the time; waiting for such a collector would take ten seconds and more.
_SLACK: Final = 1.0


def _closed() -> Collector:
    collector = Collector()
    collector.close()
    return collector


TROUBLES: Final[dict[str, Callable[[], Collector]]] = {
    "down": _closed,
    "hangs": lambda: Collector(delay=30),
    "slow": lambda: Collector(delay=0.4),
    "500": lambda: Collector(status=500),
    "400": lambda: Collector(status=400),
    "429": lambda: Collector(status=429),
}


def main() -> int:
    """Run all of them and print one line for each."""
    failures = 0
    for version in PI_VERSIONS:
        install = provision(version)
        with tempfile.TemporaryDirectory(prefix="pi-trace-stress-") as folder, Collector() as fine:
            _run(install, Path(folder) / "warm", fine.url)  # everything is compiled and cached
            normal = _run(install, Path(folder) / "fine", fine.url)
            for name, trouble in TROUBLES.items():
                with trouble() as bad:
                    took = _run(install, Path(folder) / name, bad.url)
                well = all(one < 2 * other + _SLACK for one, other in zip(took, normal, strict=True))
                failures += not well
                times = f"worked {took[0]:.2f} s ({normal[0]:.2f}), ended {took[1]:.2f} s ({normal[1]:.2f})"
                sys.stdout.write(f"pi {version:7} {name:6} {times} {'' if well else 'FAILED'}\n")
    return 1 if failures else 0


def _run(install: PiInstall, folder: Path, url: str) -> tuple[float, float]:
    """Return how long two prompts took, and the end of pi; seconds."""
    home = PiHome(folder)
    table = f'[plugins.trace-spans]\nendpoint = "{url}"\nflush_seconds = 0.25\n'
    (home.agent_dir / "pi-host.toml").write_text(table, "utf-8")
    variables = environment(autoload=False, cache=folder / "cache", plugins=["trace-spans"])
    with ScriptedModel([Call("bash", command="echo one"), Say("done"), Say("again")]) as model:
        model.configure(home.agent_dir)
        rpc = RpcPi(install, home, extensions=[str(BRIDGE)], env=variables)
        rpc.get_state()
        began = time.perf_counter()
        rpc.prompt("go")
        rpc.prompt("on")
        worked = time.perf_counter()
        if rpc.close() != 0 or rpc.errors:
            raise RuntimeError(f"pi did not end well: {rpc.errors}")
        return worked - began, time.perf_counter() - worked


if __name__ == "__main__":
    sys.exit(main())
