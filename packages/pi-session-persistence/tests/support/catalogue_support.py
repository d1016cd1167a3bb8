"""A home with sessions in it, and the command line in that home."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

from session_stage import BEGIN_MS, Tale
from typer.testing import CliRunner

from pi_session_persistence import Registry

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from pi_session_persistence.catalogue import Catalogue, Filters

__all__ = ["HOUR_MS", "Shelf", "many", "stems"]

HOUR_MS = 3_600_000


class Shelf:
    """Where a user's sessions are.

    Attributes:
        home: the user's home.
        sessions: pi's folder of sessions.
        catalogue: the file of the catalogue.
        registry: the external ids.
    """

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.home = root / "home"
        self.sessions = self.home / ".pi" / "agent" / "sessions"
        self.catalogue = root / "cache" / "catalogue.sqlite3"
        self.registry = Registry(root / "ids")
        self.sessions.mkdir(parents=True)
        here = {"HOME": self.home, "PI_SESSION_HOME": root / "ids", "PI_SESSION_CACHE": root / "cache"}
        for name, value in here.items():
            monkeypatch.setenv(name, str(value))
        monkeypatch.setenv("COLUMNS", "140")
        for name in ("PI_CODING_AGENT_DIR", "PI_CODING_AGENT_SESSION_DIR", "PI_SESSION_ROOTS", "PI_SESSION_COMPAT"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.chdir(self.home)

    def add(self, tale: Tale, *, age_s: float = 3600) -> Path:
        """Write a session that nobody has touched for some time."""
        file = tale.write(self.sessions / f"{tale.session_id}.jsonl")
        return self.rest(file, age_s)

    def rest(self, file: Path, age_s: float = 3600) -> Path:
        """Let a file look as if nobody had touched it for some time."""
        then = time.time() - age_s
        os.utime(file, (then, then))
        return file

    def run(self, *words: str) -> tuple[int, str, str]:
        """Run the command line in this process; return exit code, output and errors."""
        from pi_session_persistence.cli._app import app  # noqa: PLC0415  # tests of other parts do without

        done = CliRunner().invoke(app, words)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.exit_code, done.stdout, done.stderr

    def out(self, *words: str) -> str:
        """Run the command line, which must succeed; return its output."""
        code, out, err = self.run(*words)
        assert code == 0, err
        return out

    def lines(self, *words: str) -> list[dict[str, Any]]:
        """Return what the command line says as JSON lines."""
        return [json.loads(line) for line in self.out(*words, "--json").splitlines()]

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start the command line as a process of its own."""
        command = [sys.executable, "-c", "from pi_session_persistence.cli import main; main()", *words]
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )


def stems(catalogue: Catalogue, filters: Filters | None = None) -> list[str]:
    """The names of the session files that the catalogue lists."""
    return [row.file.stem for row in catalogue.sessions(filters)]


def many(folder: Path, count: int) -> None:
    """Write so many sessions, an hour apart."""
    for number in range(count):
        tale = Tale(f"s-{number:04}", at=BEGIN_MS + number * HOUR_MS)
        tale.turn(f"prompt of {number} about pears", "answer " * 30)
        tale.write(folder / f"s-{number:04}.jsonl")
