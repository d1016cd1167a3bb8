"""``pi-host run``: pi with the Python plugins, for one launch."""

import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from pi_host._discovery import Selection
from pi_host._errors import HandledError
from pi_host.cli._options import WhichPi
from pi_host.cli._places import cache
from pi_host.cli._probing import prepare
from pi_host.launch import BRIDGE, agent_dir, environment
from pi_host.pis import find_pi, node_problem

__all__ = ["run"]


def run(
    args: Annotated[list[str] | None, typer.Argument(metavar="ARGS", help="What pi gets.")] = None,
    *,
    plugin: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME|PATH", help="Load this one, too: an installed plugin, a module or a .py file."),
    ] = None,
    autoload: Annotated[bool, typer.Option(help="Load the installed plugins.")] = True,
    trace: Annotated[str | None, typer.Option(help="Append a JSON line for every hook that ran.")] = None,
    pi: WhichPi = None,
) -> None:
    """Start pi with the Python plugins, this once.

    Everything after [bold]--[/bold] goes to pi.
    Terminal, signals and exit code are pi's own, and nothing is written to its files.
    A plugin named with --plugin that can't be loaded is an error: pi does not start.

    [bold]Examples[/bold]

      pi-host run
      pi-host run -- -p "what is in this folder?"
      pi-host run --plugin ./gate.py -- --model sonnet
      pi-host run --no-autoload --plugin gate --trace trace.jsonl
    """
    found = find_pi(pi)
    if problem := node_problem(found):
        raise HandledError(problem)
    env = os.environ | environment(
        plugins=[_absolute(name) for name in plugin or ()],
        autoload=autoload,
        trace=_writable(trace) if trace else None,
        cache=cache(),
    )
    # What the bridge will read: a variable that was set before stands where no option replaces it.
    explicit = [name for name in env.get("PI_HOST_PLUGINS", "").split(",") if name]
    selection = Selection(agent_dir(), autoload=env.get("PI_HOST_AUTOLOAD") != "0", explicit=explicit)
    prepare(selection, pi_version=found.version, cache=cache())
    _become([*found.argv, "-e", str(BRIDGE), *(args or ())], env)


def _writable(trace: str) -> Path:
    path = Path(trace).absolute()
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600))
    except OSError as error:
        raise HandledError(f"the trace can't be written to {trace!r}: {error.strerror}; name another file") from error
    return path


def _absolute(plugin: str) -> str:
    if "," in plugin:
        raise HandledError(f"a plugin's path must not hold a comma: {plugin!r}; give --plugin once for each plugin")
    return str(Path(plugin).absolute()) if plugin.endswith(".py") else plugin


def _become(argv: Sequence[str], env: Mapping[str, str]) -> NoReturn:
    # Python ignores these two, and what is ignored stays ignored across exec.
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        os.execvpe(argv[0], list(argv), dict(env))  # noqa: S606  # becoming pi is what was asked for
    except OSError as error:
        raise HandledError(f"pi can't be started: {argv[0]!r}: {error.strerror}") from error
