"""``pi-host plugins``: what was found, and what became of it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from pi_host._discovery import Selection
from pi_host._errors import HandledError
from pi_host._plugins import Plugin
from pi_host.cli._places import autoloads, tilde
from pi_host.cli._probing import Found, probe
from pi_host.commandline import AsJson, console, safe, say_error, say_json
from pi_host.launch import agent_dir
from pi_host.pis import find_pi

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["look", "plugins"]

_RANK = {"broken": 0, "refused": 1, "active": 3, "disabled": 4}
_STYLE = {"broken": "bold red", "refused": "yellow", "active": "green", "disabled": "dim"}


def plugins(
    *,
    project: Annotated[
        bool, typer.Option("--project", help="Load those of this folder's project, too; do so only if you trust it.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List the plugins: where each is from, whether it loads, what it offers.

    They are imported in a process of their own.
    Those that don't work come first, with the reason, and make the exit code 1.

    [bold]Examples[/bold]

      pi-host plugins
      pi-host plugins --json | jq '.plugins[] | select(.status == "broken")'
    """
    found = look(project=Path.cwd() if project else None)
    rows = sorted(found.plugins, key=_rank)
    if as_json:
        say_json({"plugins": msgspec.to_builtins(rows), "problems": found.problems})
    else:
        _show(rows, found.problems, project=project)
    if found.problems or any(plugin.status == "broken" for plugin in rows):
        raise typer.Exit(1)


def look(*, project: Path | None = None) -> Found:
    """Return all plugins as the pi in use would get them.

    Raises:
        HandledError: Python itself does not work.
    """
    try:
        version = find_pi(None, fetch=False).version
    except HandledError:
        version = ""  # there is no pi yet: nothing speaks against any plugin
    return probe(Selection(agent_dir(), project=project, autoload=autoloads()), pi_version=version)


def _show(rows: list[Plugin], problems: list[str], *, project: bool) -> None:
    for problem in problems:
        say_error("pi-host", problem)
    if rows:
        console(markup=True).print(_table(rows))
    else:
        folder = tilde(agent_dir() / "python")
        typer.echo(f"no plugins: put a .py file into {folder}, or install a distribution that brings one")
    if not project and any((Path.cwd() / ".pi" / "python").glob("*.py")):
        typer.echo("this folder has plugins, too; pi loads them if it trusts the project: --project shows them")


def _table(rows: list[Plugin]) -> "Table":
    from rich import box  # noqa: PLC0415  # only for people
    from rich.table import Table  # noqa: PLC0415  # as above

    table = Table(box=box.SIMPLE, pad_edge=False)
    table.add_column("Plugin", style="bold", overflow="fold")
    table.add_column("Status")
    table.add_column("From", overflow="fold")
    table.add_column("Offers, or what is wrong", overflow="fold", ratio=1)
    table.add_column("Import", justify="right", no_wrap=True)
    for plugin in rows:
        table.add_row(
            _plain(plugin.name),
            f"[{_STYLE[plugin.status]}]{plugin.status}[/]",
            _plain(_origin(plugin)),
            "\n".join(_details(plugin)),
            f"{plugin.import_ms:.1f} ms" if plugin.import_ms else "",
        )
    return table


def _origin(plugin: Plugin) -> str:
    if plugin.distribution:
        return f"{plugin.distribution} {plugin.version or ''}".rstrip()
    return tilde(plugin.target)


def _details(plugin: Plugin) -> list[str]:
    offers = {"hooks": plugin.hooks, "tools": plugin.tools, "commands": plugin.commands, "flags": plugin.flags}
    lines = [f"[red]{_plain(plugin.problem)}[/]"] if plugin.problem else []
    if plugin.status == "active":
        offered = {kind: ", ".join(dict.fromkeys(names)) for kind, names in offers.items() if names}
        lines += [f"[dim]{kind}[/] {_plain(names)}" for kind, names in offered.items()]
    return lines


def _plain(text: str) -> str:
    from rich.markup import escape  # noqa: PLC0415  # as above

    return escape(safe(text))


def _rank(plugin: Plugin) -> tuple[Any, ...]:
    return (2 if plugin.status == "active" and plugin.problem else _RANK[plugin.status],)
