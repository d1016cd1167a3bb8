"""A pi in memory with the plugin, whose files are in the test's folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import pi_autonomous_session_control.plugin as plugin_module
from pi_testkit import FakePi

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


class Mirrored:
    """A pi in memory that has the plugin.

    Attributes:
        pi: the pi.
        work: its folder.
        text: what the tool said last.
    """

    def __init__(self, work: Path, **options: Any) -> None:
        work.mkdir(parents=True, exist_ok=True)
        self.work = work
        self.pi = FakePi(plugin_module, **options)
        self.pi.cwd = str(work)
        self.text = ""
        self._calls = 0
        self.pi.fire("session_start", reason="startup")

    def ask(self, query: str, context: Any = None, **given: Any) -> dict[str, Any]:
        """Ask the mirror, and return the details."""
        arguments = given if context is None else {"context": context, **given}
        done = self.pi.call_tool("self", query=query, **arguments)
        assert not done.is_error, done.text
        self.text = done.text
        details: dict[str, Any] = done.details
        return details

    def run(self, tool: str, said: str = "ok", *, failed: bool = False, **given: Any) -> Any:
        """Let the model call a tool, and return what the plugin answered before."""
        self._calls += 1
        name = f"call-{self._calls}"
        fired = self.pi.fire("tool_call", toolName=tool, toolCallId=name, input=given)
        if fired.answer and fired.answer.get("block"):
            return fired.answer
        if tool in {"write", "edit"} and not failed:
            self._write(given)
        content = [{"type": "text", "text": said}]
        self.pi.fire("tool_result", toolName=tool, toolCallId=name, input=given, content=content, isError=failed)
        return fired.answer

    def turns(self, number: int) -> None:
        """Let turns begin."""
        for index in range(number):
            self.pi.fire("turn_start", turnIndex=index, timestamp=1)

    def close(self) -> None:
        """End the session."""
        self.pi.fire("session_shutdown", reason="quit")
        self.pi.close()

    def _write(self, given: dict[str, Any]) -> None:
        path = self.work / given["path"]
        if "content" in given:
            path.write_text(given["content"])
            return
        text = path.read_text()
        for edit in given.get("edits", [given]):
            text = text.replace(edit["oldText"], edit["newText"])
        path.write_text(text)


@pytest.fixture
def agent_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """pi's agent folder."""
    monkeypatch.setenv("PI_CODING_AGENT_DIR", str(tmp_path / "agent"))
    for name in ("PI_SELF_MEMORY_PATH", "PI_SUBAGENT_SESSIONS_DIR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "agent"


@pytest.fixture
def start(agent_dir: Path, tmp_path: Path) -> Iterator[Callable[..., Mirrored]]:
    """Start a pi in memory; all are ended after the test."""
    assert agent_dir.parent == tmp_path
    started: list[Mirrored] = []

    def start(folder: str = "work", **options: Any) -> Mirrored:
        started.append(Mirrored(tmp_path / folder, **options))
        return started[-1]

    yield start
    for mirrored in started:
        mirrored.close()


@pytest.fixture
def mirrored(start: Callable[..., Mirrored]) -> Mirrored:
    """A pi in memory that has the plugin."""
    return start()
