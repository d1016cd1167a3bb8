"""``pi-self memory``: adding, changing and forgetting."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final

import typer

from pi_autonomous_session_control.cli._options import ScopeName, Target, Yes
from pi_autonomous_session_control.cli._saying import say_aside
from pi_autonomous_session_control.cli.memory._desk import counted, desk_here, report, show
from pi_autonomous_session_control.memory import Change, Draft, Origin
from pi_host.commandline import (
    AsJson,  # typer reads the annotation
    say_json,
)

__all__ = ["add", "edit", "forget"]

_UNITS: Final = {"h": 3_600_000, "d": 86_400_000, "w": 7 * 86_400_000}


def add(  # noqa: PLR0913  # each is an option of the command
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What to remember.")],
    *,
    scope: Annotated[ScopeName, typer.Option("--scope", help="Where it holds.")] = ScopeName.repository,
    topic: Annotated[list[str] | None, typer.Option("--topic", help="File it under this; may be repeated.")] = None,
    expires: Annotated[str | None, typer.Option("--expires", help="Forget it after this: 12h, 30d, 4w.")] = None,
    confidence: Annotated[float, typer.Option("--confidence", min=0, max=1, help="How sure it is.")] = 1.0,
    as_json: AsJson = False,
) -> None:
    """Remember something; what is known already in other words is strengthened.

    [bold]Examples[/bold]

      pi-self memory add "the integration tests need docker" --topic tests
      pi-self memory add "staging is down" --expires 12h
      pi-self memory add "I like short answers" --scope user
    """
    with desk_here() as desk:
        draft = Draft(
            content=text,
            scope=desk.scope(scope),
            topics=tuple(topic or ()),
            confidence=confidence,
            expires_at=_until(expires, desk.store.now()),
            origin=Origin(event="pi-self memory add"),
        )
        report(desk, desk.store.add(draft), as_json=as_json)


def edit(  # noqa: PLR0913  # each is an option of the command
    target: Target,
    *,
    text: Annotated[str | None, typer.Option("--text", help="The new text.")] = None,
    scope: Annotated[ScopeName | None, typer.Option("--scope", help="Where it holds from now on.")] = None,
    topic: Annotated[list[str] | None, typer.Option("--topic", help="Its topics from now on; may be repeated.")] = None,
    expires: Annotated[str | None, typer.Option("--expires", help="12h, 30d, 4w from now, or never.")] = None,
    as_json: AsJson = False,
) -> None:
    """Change one memory.

    [bold]Examples[/bold]

      pi-self memory edit pattern-1795220979566 --text "the tests need docker 27"
      pi-self memory edit "integration docker" --topic tests --topic docker
      pi-self memory edit staging --expires never
    """
    with desk_here() as desk:
        found = desk.targets(target)
        if len(found) != 1:
            show(found, as_json=False)
            say_aside(
                f"{target!r} names {counted(len(found))}: give the id, or more words"
                if found
                else f"nothing has the id or all the words {target!r}: `pi-self memory search` finds similar ones, too"
            )
            raise typer.Exit(1)
        given: dict[str, Any] = {"content": text, "topics": tuple(topic) if topic else None}
        given["scope"] = desk.scope(scope) if scope else None
        change = {name: value for name, value in given.items() if value is not None}
        if expires is not None:
            change["expires_at"] = None if expires == "never" else _until(expires, desk.store.now())
        if not change:
            raise typer.BadParameter("say what to change: --text, --topic, --scope or --expires")
        report(desk, desk.store.edit(found[0].id, Change(**change)), as_json=as_json)


def forget(target: Target, *, yes: Yes = False, as_json: AsJson = False) -> None:
    """Forget memories for good, after showing which.

    [bold]Examples[/bold]

      pi-self memory forget pattern-1795220979566
      pi-self memory forget "old server"
      pi-self memory forget staging --yes
    """
    with desk_here() as desk:
        found = desk.targets(target)
        if not found:
            say_aside(
                f"nothing has the id or all the words {target!r}: `pi-self memory search` finds similar ones, too"
            )
            raise typer.Exit(1)
        if not yes:
            show(found, as_json=False)
            typer.confirm(f"Forget {counted(len(found))}?", abort=True)
        gone = desk.store.forget([item.id for item in found])
        desk.publish()
        if as_json:
            say_json({"forgotten": list(gone)})
        else:
            typer.echo(f"forgot {counted(len(gone))}")


def _until(duration: str | None, now: int) -> int | None:
    if duration is None:
        return None
    match = re.fullmatch(r"(\d{1,5})([hdw])", duration.strip())
    if match is None:
        raise typer.BadParameter(f"{duration!r} is not a time: write 12h, 30d or 4w")
    return now + int(match[1]) * _UNITS[match[2]]
