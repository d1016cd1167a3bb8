"""Somebody at a shell who has pi on the path, and the `pi-trace` command."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from shell_support import User, user_with

if TYPE_CHECKING:
    from collections.abc import Callable

    from pi_testkit import Pi, ScriptedModel

COMMAND = Path(sys.executable).with_name("pi-trace")


@dataclass
class Tracer:
    """Somebody at a shell.

    Attributes:
        user: whose home and path it is.
        model: the model behind the gateway.
    """

    user: User
    model: ScriptedModel

    def argv(self, *words: str) -> list[str]:
        """Return the command line of `pi-trace`."""
        return [str(COMMAND), *words]

    def env(self, **extra: str) -> dict[str, str]:
        """Return the environment of their shell, with the gateway's key and address."""
        gateway = {"OPPER_API_KEY": "the-key", "OPPER_BASE_URL": self.model.url, "PI_HOST_AUTOLOAD": "0"}
        return self.user.env(**(gateway | extra))

    def __call__(self, *words: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Run `pi-trace` to its end."""
        return subprocess.run(
            self.argv(*words),
            cwd=self.user.home.cwd,
            env=self.env(**(env or {})),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=50,
        )

    def configure(self, text: str) -> Path:
        """Write ``pi-host.toml``."""
        path = self.user.home.agent_dir / "pi-host.toml"
        path.write_text(text, "utf-8")
        return path


@pytest.fixture
def tracer(pi: Pi, tmp_path: Path) -> Tracer:
    """Somebody with pi on the path; once for each version."""
    return Tracer(user_with(pi.install, pi.home, tmp_path), pi.model)


@pytest.fixture
def agent_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty agent dir, which pi and our commands use."""
    folder = tmp_path / "agent"
    folder.mkdir()
    monkeypatch.setenv("PI_CODING_AGENT_DIR", str(folder))
    for name in ("DO_NOT_TRACK", "PI_TELEMETRY"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def pi_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Runs `pi-trace` in this process and gives exit code, standard output and standard error."""
    from pi_trace_headers.cli import main  # noqa: PLC0415  # only tests without pi need it

    monkeypatch.setenv("COLUMNS", "400")

    def run(*words: str, cwd: Path | None = None) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["pi-trace", *words])
        monkeypatch.chdir(cwd or tmp_path)
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run
