"""``pi-host install`` and ``uninstall``: pi loads the Python plugins always, or no longer."""

from typing import Annotated, Any

import typer

from pi_host._discovery import Selection
from pi_host._errors import HandledError
from pi_host.cli import _package
from pi_host.cli._options import WhichPi
from pi_host.cli._package import Installed, Scope
from pi_host.cli._places import autoloads, cache, tilde
from pi_host.cli._probing import prepare
from pi_host.cli._settings import Undo, is_listed, tell_pi
from pi_host.commandline import AsJson, say_error, say_json
from pi_host.launch import agent_dir
from pi_host.pis import Pi, find_pi, node_problem

__all__ = ["install", "uninstall"]

_Project = Annotated[bool, typer.Option("--project", help="For the project in this folder instead of for the user.")]


def install(*, project: _Project = False, pi: WhichPi = None, as_json: AsJson = False) -> None:
    """Make pi load the Python plugins at every start.

    A small package is put beside pi's settings, and pi is told of it: `pi install`.
    It uses the Python that runs this command. Running this again renews it.

    [bold]Examples[/bold]

      pi-host install
      pi-host install --project     only in this folder; pi must trust it
    """
    scope = Scope.choose(project=project)
    used = _usable_pi(pi)
    installed = Installed.now()
    with_pi = _install(scope, used, installed)
    prepare(Selection(agent_dir(), autoload=autoloads()), pi_version=used.version, cache=cache())
    if installed.is_temporary:
        say_error(
            "pi-host",
            f"this Python may be thrown away: {installed.python}; "
            "`uv tool install pi-host` (or pipx) gives one that stays, then install again from there",
        )
    said = f"installed in {tilde(scope.package)}" if with_pi else f"renewed {tilde(scope.package)}"
    _report(scope, as_json=as_json, said=f"{said}; pi loads the Python plugins from now on", changed=with_pi)


def uninstall(*, project: _Project = False, pi: WhichPi = None, as_json: AsJson = False) -> None:
    """Undo `pi-host install`.

    pi's settings become what they were, to the byte, unless changed by others since.

    [bold]Examples[/bold]

      pi-host uninstall
      pi-host uninstall --project
    """
    scope = Scope.choose(project=project)
    listed, undo = is_listed(scope), Undo.read(scope)
    if not listed and not scope.package.exists():
        _report(scope, as_json=as_json, said="nothing to undo: it is not installed", changed=False)
        return
    try:
        if listed and not (undo and undo.restore(scope)):
            tell_pi(_usable_pi(pi), "remove", scope)
        _package.remove(scope)
    except OSError as error:
        raise _unwritable(error) from error
    if undo:
        undo.clean()
    _report(scope, as_json=as_json, said="uninstalled; pi starts without Python plugins from now on", changed=True)


def _install(scope: Scope, pi: Pi, installed: Installed) -> bool:
    """Write the package and have pi load it; return whether pi had to be told."""
    try:
        if is_listed(scope):
            installed.write(scope)
            return False
        undo = Undo.begin(scope)
        try:
            installed.write(scope)
            tell_pi(pi, "install", scope)
            undo.write(scope)
        except BaseException:
            # pi may have got as far as naming the package before it failed, or was interrupted.
            undo.put_back(scope)
            _package.remove(scope)
            undo.clean()
            raise
    except OSError as error:
        raise _unwritable(error) from error
    return True


def _usable_pi(wanted: str | None) -> Pi:
    pi = find_pi(wanted)
    if problem := node_problem(pi):
        raise HandledError(problem)
    return pi


def _unwritable(error: OSError) -> HandledError:
    where = f"can't write {str(error.filename)!r}: {error.strerror}"
    return HandledError(f"{where}; check its owner, or point PI_CODING_AGENT_DIR elsewhere")


def _report(scope: Scope, *, as_json: bool, said: str, changed: bool) -> None:
    if not as_json:
        typer.echo(said)
        return
    now = Installed.read(scope)
    facts: dict[str, Any] = {"installed": now is not None, "changed": changed, "package": str(scope.package)}
    say_json(facts | ({"python": now.python, "version": now.version} if now else {}))
