"""``pi-host events``: what a plugin can hook into."""

import importlib
import inspect
from typing import Annotated, Any

import typer
from docstring_parser import parse

from pi_host import hookspecs
from pi_host._base import Event, EventInfo
from pi_host._catalog import CATALOG
from pi_host._errors import HandledError
from pi_host.cli.plugins import look
from pi_host.commandline import AsJson, console, say_json

__all__ = ["events", "fields_of"]


def events(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="One event, in full.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """List the events of pi that a plugin can implement, or explain one.

    [bold]Examples[/bold]

      pi-host events
      pi-host events tool_call
    """
    if name is not None and name not in CATALOG:
        raise HandledError(f"there is no event {name!r}{_nearest(name)}")
    implementers = _implementers()
    if name is not None:
        _explain(CATALOG[name], implementers.get(name, []), as_json=as_json)
    elif as_json:
        say_json([_facts(info, implementers.get(info.name, [])) for info in CATALOG.values()])
    else:
        _show(implementers)


def _implementers() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for plugin in look().plugins:
        for hook in dict.fromkeys(plugin.hooks) if plugin.status == "active" else ():
            found.setdefault(hook, []).append(plugin.name)
    return found


def _facts(info: EventInfo, implementers: list[str]) -> dict[str, Any]:
    return {
        "name": info.name,
        "group": info.group,
        "policy": info.policy,
        "fails": "closed" if info.closed else "open",
        "awaited": info.awaited,
        "since": info.since,
        "answer": info.answer,
        "implemented_by": implementers,
    }


def _show(implementers: dict[str, list[str]]) -> None:
    from rich import box  # noqa: PLC0415  # only for people
    from rich.table import Table  # noqa: PLC0415  # as above

    table = Table(box=box.SIMPLE, pad_edge=False)
    table.add_column("Event", no_wrap=True)
    for column in ("Group", "Policy", "Fails", "Since", "Implemented by"):
        table.add_column(column, overflow="fold")
    for info in CATALOG.values():
        fails = "[bold red]closed[/]" if info.closed else "open"
        here = ", ".join(implementers.get(info.name, []))
        table.add_row(info.name, info.group, info.policy, fails, info.since, here)
    console(markup=True).print(table)
    typer.echo("`pi-host events NAME` explains one. closed: a failing plugin stops what pi was about to do.")


def _explain(info: EventInfo, implementers: list[str], *, as_json: bool) -> None:
    event = getattr(importlib.import_module(f"pi_host.events._{info.group}"), info.event)
    fields = fields_of(event)
    text = inspect.getdoc(_specification(info.name)) or ""
    if as_json:
        say_json(_facts(info, implementers) | {"description": text, "fields": fields})
        return
    from rich.markup import escape  # noqa: PLC0415  # only for people

    out = console(markup=True)
    out.print(f"[bold]{info.name}[/]  (group {info.group}, policy {info.policy})\n")
    out.print(_as_markdown(text))
    out.print("\n[bold]Fields[/]")
    for field, about in fields.items():
        out.print(f"  [cyan]{field}[/]: [dim]{escape(about['type'])}[/]  {escape(about['description'])}")
    out.print(f"\n[bold]Implemented here by[/] {', '.join(implementers) or 'nobody'}")


def fields_of(event: type[Event]) -> dict[str, dict[str, str]]:
    """Return type and description of each field of an event class."""
    types = inspect.get_annotations(event)
    return {
        field.arg_name: {
            "type": inspect.formatannotation(types[field.arg_name]),
            "description": " ".join((field.description or "").split()),
        }
        for field in parse(event.__doc__ or "").params
    }


def _specification(name: str) -> object:
    return next(getattr(group, name) for group in hookspecs.ALL if hasattr(group, name))


def _as_markdown(text: str) -> Any:
    from rich.markdown import Markdown  # noqa: PLC0415  # only for people

    # The example is indented below its title, as docstrings are; Markdown wants the fence at the margin.
    before, title, example = text.partition("Example:\n")
    return Markdown(f"{before}{title and '**Example**'}\n\n{inspect.cleandoc(example)}")


def _nearest(name: str) -> str:
    import difflib  # noqa: PLC0415  # only a mistake needs it

    close = difflib.get_close_matches(name, CATALOG, n=1)
    return f"; did you mean {close[0]!r}?" if close else "; `pi-host events` lists them"
