"""Somebody who runs pi on external ids."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING, Unpack

from pi_host.sessionfile import Session
from pi_session_persistence import Registry, Result, run

if TYPE_CHECKING:
    from pathlib import Path

    from pi_session_persistence import Settings
    from pi_testkit import Pi

__all__ = ["Caller"]


class Caller:
    """Runs pi on external ids, in this process or as the command line does.

    Attributes:
        pi: the pi and its model.
        env: the environment of everything that is run.
        registry: the external ids.
    """

    def __init__(self, pi: Pi, folder: Path) -> None:
        self.pi = pi
        programs = folder / "bin"
        programs.mkdir()
        (programs / "pi").symlink_to(pi.install.cli)
        (programs / "node").symlink_to(pi.install.node)
        path = f"{programs}:/usr/bin:/bin"
        self.env = pi.home.env({"PATH": path, "PI_SESSION_HOME": str(folder / "ids"), "COLUMNS": "120"})
        self.registry = Registry(folder / "ids")

    def run(self, external_id: str, prompt: str, **settings: Unpack[Settings]) -> Result:
        """Run pi once, where the test has its working folder."""
        given: Settings = {"env": self.env, "registry": self.registry, "timeout_s": 40, **settings}
        if self.registry.get(external_id) is None and "cwd" not in given:
            given["cwd"] = self.pi.home.cwd
        return run(external_id, prompt, **given)

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start the command line."""
        return subprocess.Popen(
            [sys.executable, "-c", "from pi_session_persistence.cli import main; main()", *words],
            env=self.env,
            cwd=self.pi.home.cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run the command line to its end."""
        with self.start(*words) as process:
            out, err = process.communicate(timeout=50)
        return subprocess.CompletedProcess(words, process.returncode, out, err)

    def file(self, external_id: str) -> Path:
        """The session file of an id."""
        return self.registry.claim(external_id).pi_file

    def history(self, external_id: str) -> list[str]:
        """The texts of the conversation that pi would go on with."""
        session = Session.read(self.file(external_id))
        return [entry.message.text for entry in session.path() if entry.role in ("user", "assistant") and entry.message]

    def wait_for_request(self, number: int) -> None:
        """Wait until the model has got so many requests."""
        until = time.monotonic() + 30
        while len(self.pi.model.requests) < number:
            assert time.monotonic() < until, f"request {number} did not come"
            time.sleep(0.02)
