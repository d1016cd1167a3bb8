"""The commands that read one session, as somebody at a terminal calls them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from typer.testing import CliRunner

from pi_session_persistence import PersistenceError
from pi_session_persistence.cli._app import app

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Done", "call", "called"]


class Done(NamedTuple):
    """What a command wrote, and how it ended."""

    code: int
    out: str
    err: str


def call(*words: str | Path) -> Done:
    """Run a command line in this process; an error becomes its message, as in a process of its own."""
    done = CliRunner().invoke(app, list(map(str, words)))
    err = f"{done.stderr}{done.exception}" if isinstance(done.exception, PersistenceError) else done.stderr
    if done.exception is not None and not isinstance(done.exception, (PersistenceError, SystemExit)):
        raise done.exception
    return Done(done.exit_code, done.stdout, err)


def called(*words: str | Path) -> Any:
    """Run a command line that writes JSON, and return that."""
    return json.loads(call(*words, "--json").out)
