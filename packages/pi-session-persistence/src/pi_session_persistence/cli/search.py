"""``pi-session search``: where something was said."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from pi_host.commandline import AsJson, console, say_json_line
from pi_session_persistence._figures import iso, local
from pi_session_persistence.cli._filters import Choice, Roles, choosing
from pi_session_persistence.cli._output import say_error

if TYPE_CHECKING:
    from rich.text import Text

    from pi_session_persistence.catalogue import Catalogue, Found, Hit
    from pi_session_persistence.cli._telling import Ids

__all__ = ["search"]


@choosing
def search(  # noqa: PLR0913  # a command line
    choice: Choice,
    query: Annotated[str, typer.Argument(help="Words that all must be there.")],
    *,
    role: Roles = None,
    current: Annotated[
        bool, typer.Option("--current", help="Only on the branches that the sessions go on with.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many hits.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Find where something was said, in all sessions: prompts, answers, thinking, tool calls, what tools returned.

    Case and accents don't matter. "several words" in quotes stand together,
    -word must not be there, one OR other is either, begin* is any word that
    begins so. --since, --until, --tool and --errors are about what was said,
    the other options about the sessions. The thousand newest entries with the
    words are looked at, and the best ones shown.

    [bold]Examples[/bold]

      pi-session search "database locked" --since 30d
      pi-session search '"exit code" OR timeout -docker' --role tool --errors
      pi-session search 'migrat*' --cwd ~/src/app --json | jq -r '.hits[].excerpt'
    """
    from pi_session_persistence.cli._finding import ask  # noqa: PLC0415  # `--help` needs no catalogue

    filters, wanted = choice.entries(role, current=current)

    def look(catalogue: "Catalogue") -> None:
        from pi_session_persistence.cli._telling import Ids  # noqa: PLC0415  # as above

        found, ids = catalogue.search(query, filters, wanted, limit=limit), Ids()
        if as_json:
            say_json_line({"total": found.total, "more": found.more, "hits": [_data(hit, ids) for hit in found.hits]})
        else:
            _show(catalogue, found, ids)

    ask(look)


def _data(hit: "Hit", ids: "Ids") -> dict[str, Any]:
    return {
        "session_id": hit.session.session_id,
        "external_id": ids.of(hit.session),
        "file": str(hit.session.file),
        "name": hit.session.name,
        "cwd": hit.session.cwd,
        "entry": hit.entry,
        "line": hit.line,
        "role": hit.kind,
        "tool": hit.tool,
        "at": iso(hit.at),
        "current": hit.active,
        "excerpt": hit.excerpt,
        "marks": [list(mark) for mark in hit.marks],
    }


def _show(catalogue: "Catalogue", found: "Found", ids: "Ids") -> None:
    screen = console(wrap=False)
    for hit in found.hits:
        screen.print(_heading(catalogue, hit, ids), soft_wrap=False, no_wrap=True, overflow="ellipsis")
        screen.print(_excerpt(hit), soft_wrap=False)
    shown = len(found.hits)
    if found.more:
        say_error(f"{shown} of more than {found.total:,} hits; say more words, or --limit to see more")
    elif found.total > shown:
        say_error(f"{shown} of {found.total:,} hits; --limit says how many to show")
    elif not found.total:
        say_error("nothing found")


def _heading(catalogue: "Catalogue", hit: "Hit", ids: "Ids") -> "Text":
    from rich.text import Text  # noqa: PLC0415  # programs read JSON

    from pi_session_persistence.cli._telling import folder, plain  # noqa: PLC0415  # as above

    made = Text().append(ids.shown(catalogue, hit.session), "bold")
    made.append(f"  {plain(hit.entry or f'line {hit.line}')}", "cyan")
    made.append(f"  {hit.kind}{plain(f' {hit.tool}') if hit.tool else ''}", "green")
    made.append("" if hit.active else "  other branch", "magenta")
    made.append(f"  {local(hit.at)}")
    made.append(f"  {folder(hit.session.cwd)}  {plain(hit.session.name or hit.session.first or '')}", "dim")
    return made


def _excerpt(hit: "Hit") -> "Text":
    from rich.text import Text  # noqa: PLC0415  # as above

    from pi_session_persistence.cli._telling import plain  # noqa: PLC0415  # as above

    made, place = Text("  "), 0
    for start, end in hit.marks:
        made.append(plain(hit.excerpt[place:start]))
        made.append(plain(hit.excerpt[start:end]), "bold yellow")
        place = end
    made.append(plain(hit.excerpt[place:]) if hit.excerpt else "(the file has changed)")
    return made
