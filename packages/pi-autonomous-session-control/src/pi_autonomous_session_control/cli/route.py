"""``pi-self route``: what a query would be understood as."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
import typer

from pi_autonomous_session_control.routing import Route
from pi_autonomous_session_control.routing import route as find
from pi_host.commandline import AsJson, say_json, say_json_line

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["route"]

_LIKE: Final = '{"query": "status"}'


def route(
    query: Annotated[str | None, typer.Argument(metavar="QUERY", help="What to ask the mirror.")] = None,
    *,
    context: Annotated[str, typer.Option(metavar="JSON", help="The context that goes with it, a JSON object.")] = "{}",
    as_json: AsJson = False,
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help='Read {"query", "context"} line by line, answer each with a line.')
    ] = False,
) -> None:
    """Show what a query is understood as: domain, kind, slots, score and what else it may be.

    [bold]Examples[/bold]

      pi-self route "am I going in circles?"
      pi-self route "remind me in 10 minutes to check the deploy" --json
      pi-self route --jsonl < queries.jsonl
    """
    if jsonl and query is None:
        raise typer.Exit(_answer(sys.stdin.buffer))
    if jsonl or query is None:
        raise typer.BadParameter("give a query, or --jsonl and one query per line on stdin", param_hint="QUERY")
    try:
        found = find(query, _object(context))
    except ValueError as error:
        raise typer.BadParameter(f"{error}; give a JSON object", param_hint="--context") from None
    if as_json:
        say_json(msgspec.to_builtins(found))
    else:
        _show(found)


def _answer(lines: Iterable[bytes]) -> int:
    """Answer each line with one, in order; return 1 if one of them could not be read."""
    failed = 0
    for number, line in enumerate(lines, 1):
        answer: object
        try:
            answer = _route_line(line)
        except (ValueError, RecursionError) as error:
            failed, answer = 1, {"error": f"line {number}: {error}; write an object like {_LIKE}"}
        say_json_line(msgspec.to_builtins(answer))
    return failed


def _route_line(line: bytes) -> Route:
    asked = _object(line)
    query = asked.get("query")
    if not isinstance(query, str):
        raise ValueError(f"'query' is no text: {query!r}")  # noqa: TRY004  # bad data, no bug
    context = asked.get("context")
    return find(query, context if isinstance(context, dict) else {})


def _object(text: str | bytes) -> dict[str, Any]:
    value = json.loads(text)
    if not isinstance(value, dict):
        raise ValueError(f"no JSON object: {value!r}")  # noqa: TRY004  # as above
    return value


def _show(found: Route) -> None:
    typer.echo(f"domain     {found.domain}\nkind       {found.kind}\nscore      {found.score:.2f}")
    for name, value in found.slots.items():
        shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        typer.echo(f"slot       {name} = {shown}")
    other = found.runner_up
    if other:
        typer.echo(f"runner-up  {other.domain}/{other.kind} ({other.score:.2f})")
    if not found.understood:
        typer.echo('not understood; `pi-self route "what can you do?"` names what there is to ask')
