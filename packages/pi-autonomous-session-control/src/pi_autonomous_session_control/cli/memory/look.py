"""``pi-self memory``: looking at what was learned."""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer

from pi_autonomous_session_control.cli._options import Everywhere, InScope, Limit, Topic  # noqa: TC001  # typer reads the annotations
from pi_autonomous_session_control.cli._saying import say_aside
from pi_autonomous_session_control.cli.memory._desk import counted, desk_here, show
from pi_autonomous_session_control.memory import Search, preview
from pi_host.commandline import (
    AsJson,  # as above
    say_json,
)

__all__ = ["list_", "search", "stats"]


def list_(
    *,
    scope: InScope = None,
    topic: Topic = None,
    everywhere: Everywhere = False,
    limit: Limit = 20,
    as_json: AsJson = False,
) -> None:
    """List memories, the strongest and latest first.

    [bold]Examples[/bold]

      pi-self memory list
      pi-self memory list --topic docker --scope user
    """
    with desk_here() as desk:
        if everywhere:
            found = list(reversed(desk.store.all()))[:limit]
        else:
            hits = desk.store.search(Search("", desk.scopes(scope), topic=topic, limit=limit))
            found = [hit.memory for hit in hits]
        show(found, as_json=as_json)


def search(
    words: Annotated[list[str], typer.Argument(metavar="WORDS", help="What to look for.")],
    *,
    scope: InScope = None,
    topic: Topic = None,
    limit: Limit = 10,
    as_json: AsJson = False,
) -> None:
    """Find memories by words, best first; memories with all of them come before those with some.

    [bold]Examples[/bold]

      pi-self memory search how do I test
      pi-self memory search port --json | jq '.memories[0].content'
    """
    with desk_here() as desk:
        hits = desk.store.search(Search(" ".join(words), desk.scopes(scope), topic=topic, limit=limit))
        show([hit.memory for hit in hits], as_json=as_json)
        if not hits:
            say_aside("nothing found: try fewer words, or `pi-self memory list --everywhere`")
            raise typer.Exit(1)


def stats(*, as_json: AsJson = False) -> None:
    """Show how full the memory is.

    [bold]Examples[/bold]

      pi-self memory stats
    """
    with desk_here() as desk:
        found = desk.store.stats()
        if as_json:
            say_json(msgspec.to_builtins(found))
            return
        share = 100 * max(found.memories / found.quota.memories, found.bytes / found.quota.bytes)
        topics = ", ".join(f"{preview(topic, 30)} {number}" for topic, number in list(found.topics.items())[:8])
        typer.echo(f"{counted(found.memories)}, {found.bytes:,} bytes of text: {share:.1f} % of what fits")
        for name, groups in (("scopes", found.by_scope), ("kinds", found.by_kind)):
            typer.echo(f"{name}: {', '.join(f'{group} {number}' for group, number in groups.items()) or 'none'}")
        typer.echo(f"topics: {topics or 'none'}")
        typer.echo(f"{found.fading} fade, {found.expiring} have a date, {found.forgotten} were forgotten")
        typer.echo(f"{desk.store.database.path}, {found.file_bytes:,} bytes")
