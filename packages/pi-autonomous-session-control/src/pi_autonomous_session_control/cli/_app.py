"""``pi-self``: the mirror, the memory and the router from outside of pi."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console

from pi_autonomous_session_control.cli._source import Source, load
from pi_autonomous_session_control.cli.memory import memory
from pi_autonomous_session_control.cli.route import route
from pi_autonomous_session_control.loops import find, history
from pi_autonomous_session_control.memory import printable
from pi_autonomous_session_control.mirror import LogError, fold

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    add_completion=False,
    help="The mirror of pi's sessions: what really happened, what repeats, what was learned.",
)
app.add_typer(memory, name="memory")
app.command("route")(route)

Named = Annotated[
    str | None,
    typer.Option("--session", "-s", metavar="ID|FILE", help="Default: the one last used in this folder."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON to stdout, for programs.")]


@app.command()
def status(*, session: Named = None, as_json: AsJson = False) -> None:
    """Show what a session came to: turns, files, commands, errors, tests, loops."""
    with _loaded(session) as source:
        state = fold(source.here)
        loops = [
            pattern for pattern in find(source.here, turns_since_change=state.turns_since_change) if pattern.is_loop
        ]
        errors = sum(kind.count for kind in state.errors.values())
        failed = sum(run.failed for run in state.commands)
        facts: dict[str, Any] = {
            "session": source.session.id,
            "cwd": source.session.cwd,
            "turns": state.turns,
            "files": {
                file.path: {"ops": file.ops, "lastOp": file.last_op, "by": file.by} for file in state.files.values()
            },
            "commands": {"total": len(state.commands), "failed": failed},
            "errors": errors,
            "tests": msgspec.to_builtins(state.tests[-1]) if state.tests else None,
            "tokens": state.tokens,
            "cost": state.cost,
            "loops": [msgspec.to_builtins(pattern) for pattern in loops],
        }
        if as_json:
            _write_json(facts)
            return
        _say(f"{source.session.id}  {source.session.cwd}")
        _say(f"{state.turns} turns, {state.tokens:,} tokens, ${state.cost:.2f}")
        _say(f"{len(state.commands)} commands, {failed} failed; {errors} errors")
        if state.tests:
            last = state.tests[-1]
            _say(f"last tests ({last.runner}): {last.passed} passed, {last.failed} failed")
        for file in state.files.values():
            _say(f"{file.last_op:7} {file.path}  {', '.join(f'{by} {count}x' for by, count in file.by.items())}")
        for pattern in loops:
            _say(f"{pattern.severity}: {pattern.type}: {pattern.explanation}")


@app.command()
def loops(
    *,
    session: Named = None,
    every: Annotated[bool, typer.Option("--all", help="Those that ended, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what repeats without getting anywhere, and a way out; ends with 1 if something does."""
    with _loaded(session) as source:
        found = history(source.here) if every else [pattern for pattern in find(source.here) if pattern.is_loop]
        if as_json:
            _write_json({"loops": [msgspec.to_builtins(pattern) for pattern in found]})
        elif not found:
            _say("no loops")
        else:
            for pattern in found:
                _say(f"{pattern.severity}: {pattern.type} {pattern.count}x: {pattern.explanation}")
                _say(f"  {pattern.suggestion}")
        if found:
            raise typer.Exit(1)


@app.command()
def timeline(
    *,
    session: Named = None,
    every: Annotated[bool, typer.Option("--all", help="With the branches that were left.")] = False,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write a page to FILE instead.")] = None,
    as_json: AsJson = False,
) -> None:
    """Draw a session: turns, steps, files, errors, tests, loops."""
    from pi_autonomous_session_control.timeline import drawn, page, picture  # noqa: PLC0415  # only this draws

    with _loaded(session) as source:
        events = source.everything if every else source.here
        shown = picture(source.session.id, source.session.cwd, events, {id(event) for event in source.here})
        if html is not None:
            html.write_text(page(shown), encoding="utf-8")
            _say(f"wrote {html}")
        elif as_json:
            turns, found = msgspec.to_builtins(shown.turns), msgspec.to_builtins(shown.loops)
            _write_json({"session": shown.session, "cwd": shown.cwd, "turns": turns, "loops": found})
        else:
            Console().print(drawn(shown))


@contextmanager
def _loaded(session: str | None) -> Iterator[Source]:
    try:
        yield load(session, Path.cwd())
    except LogError as error:
        sys.stderr.write(f"pi-self: {printable(str(error))}\n")
        raise typer.Exit(1) from error
    except OSError as error:
        sys.stderr.write(f"pi-self: {printable(str(error.filename))!r}: {error.strerror}\n")
        raise typer.Exit(1) from error


def _say(text: str) -> None:
    typer.echo(printable(text))


def _write_json(value: object) -> None:
    typer.echo(json.dumps(value, indent=2))
