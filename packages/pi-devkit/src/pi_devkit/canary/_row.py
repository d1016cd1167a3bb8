"""One component in one pi on one Python."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pi_devkit._errors import DevkitError
from pi_devkit.canary._furnish import PROBE, furnish

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pi_devkit.canary._pis import Pi
    from pi_devkit.components import Component
    from pi_devkit.proving import Venv

__all__ = ["Row", "run_row"]

#: What pi answers to one request, at the longest, seconds.
_SECONDS: Final = 60.0

#: Asked of the environment's own Python: which bridge it has, and what the bridge has to be told.
_LAUNCH: Final = (
    "import json, sys; from pathlib import Path; from pi_host.launch import BRIDGE, environment; "
    "print(json.dumps([str(BRIDGE), environment(plugins=sys.argv[2:], autoload=False, cache=Path(sys.argv[1]))]))"
)


@dataclass(frozen=True, slots=True)
class Row:
    """What came of it.

    Attributes:
        component: name of the component.
        pi: version of pi.
        python: version of Python.
        problems: what is wrong; empty if it works.
    """

    component: str
    pi: str
    python: str
    problems: tuple[str, ...]


def run_row(component: Component, venv: Venv, pi: Pi, folder: Path, *, python: str) -> Row:
    """Start a pi with the component's plugins, and see that it has what is promised.

    Args:
        component: the component.
        venv: an environment that it is installed into.
        pi: the pi.
        folder: a new folder for pi's home.
        python: what to call the environment's Python in the report.
    """
    from pi_testkit import PiExitedError, PiTimeoutError, RpcError  # noqa: PLC0415  # of the extra `release`

    try:
        problems = tuple(_problems(component, venv, pi, folder))
    except (PiExitedError, PiTimeoutError, RpcError, DevkitError) as error:
        problems = (" ".join(str(error).split()),)
    return Row(component.name, pi.version, python, problems)


def _problems(component: Component, venv: Venv, pi: Pi, folder: Path) -> Iterator[str]:
    from pi_testkit import PiHome, RpcPi, Say, ScriptedModel  # noqa: PLC0415  # as above

    home = PiHome(folder)
    furnish(component, home.agent_dir)
    bridge, env = _launch(venv, folder / "pi-host", component.promised("plugins"))
    with ScriptedModel([Say("here")]) as model:
        model.configure(home.agent_dir)
        with RpcPi(pi.install, home, extensions=[bridge], env=env) as rpc:
            rpc.prompt("who is there?", timeout=_SECONDS)
            commands = {one["name"] for one in rpc.get_commands()}
            errors = [str(record.get("error")) for record in rpc.errors]
            notices = [str(one.get("message")) for one in rpc.ui_requests if one.get("notifyType") == "error"]
        tools = {_name(one) for request in model.requests for one in request.body.get("tools", [])}
    yield from (f"pi tells of an error in an extension: {line}" for line in errors)
    yield from (f"an error is shown to the user: {line}" for line in notices)
    # What else pi lists is its own business: newer ones have more.
    wanted = {kind: component.promised(kind) for kind in ("commands", "tools")}
    if component.kind == "host":
        wanted["commands"].append(PROBE)
    for kind, there in (("commands", commands), ("tools", tools)):
        for name in wanted[kind]:
            if name not in there:
                yield f"pi has no {kind[:-1]} {name!r}"


def _launch(venv: Venv, cache: Path, plugins: list[str]) -> tuple[str, dict[str, str]]:
    done = venv.run("-c", _LAUNCH, str(cache), *plugins)
    if not done.ok:
        raise DevkitError(f"pi-host can't be started from what is installed:\n{done.tail()}")
    bridge, env = json.loads(done.out)
    return bridge, env


def _name(tool: dict[str, Any]) -> str:
    return str(tool.get("function", tool).get("name", ""))
