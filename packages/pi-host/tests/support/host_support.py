"""Real pi with the bridge, and plugins that tell which process they run in."""

from __future__ import annotations

import textwrap
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pi_host.launch import BRIDGE, HOST, environment

__all__ = ["Hosted", "alive", "eventually", "host_pid", "notices", "tool_output"]

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pi_testkit import RpcPi
    from pi_testkit.oneshot import Finished
    from pi_testkit.pi import Pi


@dataclass
class Hosted:
    """One pi whose plugins run in Python."""

    pi: Pi
    cache: Path
    environment: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, source: str) -> Path:
        """Write a single-file plugin; every one may use ``hookimpl``, ``tool``, ``Block`` and ``os``."""
        folder = self.pi.home.agent_dir / "python"
        folder.mkdir(exist_ok=True)
        path = folder / f"{name}.py"
        head = "import asyncio, os, subprocess, sys, time\nfrom pi_host import Block, command, flag, hookimpl, tool\n"
        path.write_text(head + textwrap.dedent(source))
        return path

    def configure(self, text: str) -> None:
        """Write ``pi-host.toml``."""
        (self.pi.home.agent_dir / "pi-host.toml").write_text(textwrap.dedent(text))

    def env(self, **extra: str) -> dict[str, str]:
        """Return the environment that the bridge needs."""
        return {**environment(autoload=False, cache=self.cache), **self.environment, **extra}

    def rpc(self, *, extensions: tuple[str, ...] = (), **extra: str) -> RpcPi:
        """Start pi in RPC mode."""
        return self.pi.rpc(extensions=[*extensions, str(BRIDGE)], env=self.env(**extra))

    def print(self, prompt: str, *args: str, **extra: str) -> Finished:
        """Run ``pi -p``."""
        return self.pi.print(prompt, args=args, extensions=[str(BRIDGE)], env=self.env(**extra))

    @property
    def log(self) -> str:
        """What the host logged."""
        path = self.cache / "host.log"
        return path.read_text() if path.exists() else ""


def eventually(what: Callable[[], Any], seconds: float = 10.0) -> Any:
    """Return the first true value of ``what``, which has ``seconds`` for it."""
    deadline = time.monotonic() + seconds
    while not (value := what()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s; last value {value!r}")
        time.sleep(0.02)
    return value


def alive(pid: int) -> bool:
    """Whether the process exists and is not a zombie."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:  # noqa: PTH123  # /proc needs no path object
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def notices(rpc: RpcPi) -> str:
    """Return every notice so far as one text."""
    return "\n".join(request.get("message", "") for request in rpc.ui_requests if request["method"] == "notify")


def tool_output(records: list[dict[str, Any]]) -> list[str]:
    """Return the text of every tool result among ``records``."""
    ends = [record for record in records if record["type"] == "tool_execution_end"]
    return ["".join(block.get("text", "") for block in end["result"]["content"]) for end in ends]


def host_pid(rpc: RpcPi) -> int:
    """Return the process id of the host, which must run."""

    def find() -> list[int]:
        return [pid for pid, command in rpc.process.processes().items() if command[-1] == str(HOST) and alive(pid)]

    found: list[int] = eventually(find)
    assert len(found) == 1, found
    return found[0]
