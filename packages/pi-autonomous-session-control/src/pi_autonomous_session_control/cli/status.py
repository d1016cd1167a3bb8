"""``pi-self status``: what a session came to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from pi_autonomous_session_control.cli._options import Named  # noqa: TC001  # typer reads the annotation
from pi_autonomous_session_control.cli._saying import errors_told, say
from pi_autonomous_session_control.cli._source import load
from pi_autonomous_session_control.loops import find
from pi_autonomous_session_control.mirror import fold
from pi_host.commandline import (
    AsJson,  # as above
    say_json,
)

if TYPE_CHECKING:
    from pi_autonomous_session_control.cli._source import Source
    from pi_autonomous_session_control.loops import Pattern
    from pi_autonomous_session_control.mirror import State

__all__ = ["status"]


def status(*, session: Named = None, as_json: AsJson = False) -> None:
    """Show what a session came to: turns, files, commands, errors, tests, loops.

    [bold]Examples[/bold]

      pi-self status                  the session last used in this folder
      pi-self status -s 01a1fb        another one, by the beginning of its id
      pi-self status --json | jq .files
    """
    with errors_told():
        source = load(session, Path.cwd())
        state = fold(source.here)
        found = find(source.here, turns_since_change=state.turns_since_change)
        repeating = [pattern for pattern in found if pattern.is_loop]
        if as_json:
            say_json(_facts(source, state, repeating))
        else:
            _show(source, state, repeating)


def _facts(source: Source, state: State, repeating: list[Pattern]) -> dict[str, Any]:
    return {
        "session": source.session.id,
        "cwd": source.session.cwd,
        "turns": state.turns,
        "files": {file.path: {"ops": file.ops, "lastOp": file.last_op, "by": file.by} for file in state.files.values()},
        "commands": {"total": len(state.commands), "failed": _failed(state)},
        "errors": _errors(state),
        "tests": msgspec.to_builtins(state.tests[-1]) if state.tests else None,
        "tokens": state.tokens,
        "cost": state.cost,
        "loops": [msgspec.to_builtins(pattern) for pattern in repeating],
    }


def _show(source: Source, state: State, repeating: list[Pattern]) -> None:
    say(f"{source.session.id}  {source.session.cwd}")
    say(f"{state.turns} turns, {state.tokens:,} tokens, ${state.cost:.2f}")
    say(f"{len(state.commands)} commands, {_failed(state)} failed; {_errors(state)} errors")
    if state.tests:
        last = state.tests[-1]
        say(f"last tests ({last.runner}): {last.passed} passed, {last.failed} failed")
    for file in state.files.values():
        say(f"{file.last_op:7} {file.path}  {', '.join(f'{by} {count}x' for by, count in file.by.items())}")
    for pattern in repeating:
        say(f"{pattern.severity}: {pattern.type}: {pattern.explanation}")


def _failed(state: State) -> int:
    return sum(run.failed for run in state.commands)


def _errors(state: State) -> int:
    return sum(kind.count for kind in state.errors.values())
