"""The demo's session: what is asked, what the model answers, and what has to come of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pi_host.demo import Playing
from pi_host.launch import BRIDGE, environment

if TYPE_CHECKING:
    from collections.abc import Callable

    from pi_host.demo import Kind, Outcome, Step
    from pi_testkit import PiHome, PiInstall, RpcPi, ScriptedModel

__all__ = ["FOLDER", "PLUGINS", "play"]

#: Where the plugins are.
FOLDER: Final = Path(__file__).parent / "demo_plugins"

#: The plugins, by name, and what each is there to show.
PLUGINS: Final = {
    "prompt_rules": "a hook that changes the system prompt",
    "weather_tool": "a tool for the model",
    "permission_gate": "a hook that asks you and blocks",
}

_TOOLS_OF_PI: Final = ("read", "bash", "edit", "write")
_QUESTION: Final = "Will it be sunny in Lisbon these days? And clean up: delete the build folder."
_ANSWER: Final = "There is your forecast. The build folder is still there: you said no."


def play(install: PiInstall, home: PiHome, tell: Callable[[Step], None]) -> Outcome:
    """Three Python plugins in a real pi session.

    Args:
        install: the pi.
        home: where it lives; it gets a folder ``build``, which the model wants to delete.
        tell: is called with each step as it happens.

    Raises:
        PiHostError: pi broke off.
    """
    from pi_testkit import Call, Calls, RpcPi, Say, ScriptedModel  # noqa: PLC0415  # an extra

    build = home.cwd / "build"
    build.mkdir()
    trace = home.root / "trace.jsonl"
    plugins = [str(FOLDER / f"{name}.py") for name in PLUGINS]
    env = environment(plugins=plugins, autoload=False, trace=trace, cache=home.root / "cache")
    script = (Call("weather", city="Lisbon", days=2), Call("bash", command="rm -rf build"))
    with Playing(install, tell) as playing, ScriptedModel([*map(Calls, script), Say(_ANSWER)]) as model:
        model.configure(home.agent_dir)
        with RpcPi(install, home, extensions=[BRIDGE], env=env) as pi:
            pi.on_ui(lambda _: False)
            story = _Story(model, trace, playing)
            story.follow(pi)
            errors = [record["error"] for record in pi.errors]
        playing.checks.update(story.checks())
        playing.checks.update({"the build folder is still there": build.is_dir(), "nothing failed": not errors})
    return playing.outcome({name: _code_lines(FOLDER / f"{name}.py") for name in PLUGINS})


class _Story:
    def __init__(self, model: ScriptedModel, trace: Path, playing: Playing) -> None:
        self._steps = playing.steps
        self._add = playing.say
        self._traced = 0
        self._untold: list[dict[str, Any]] = []
        self._model = model
        self._trace = trace
        self._handlers = {
            "message_start": self._message_start,
            "message_end": self._message_end,
            "extension_ui_request": self._asked,
            "tool_execution_end": self._tool_end,
        }

    def follow(self, pi: RpcPi) -> None:
        """Ask the question and tell what comes of it until pi has settled."""
        self._add("user", "you", _QUESTION)
        seen = len(pi.records)
        pi.send("prompt", message=_QUESTION)
        record: dict[str, Any] = {}
        while record.get("type") != "agent_settled":
            record = pi.wait_for(lambda _: True, since=seen, what="the end of the session")
            seen += 1
            if handler := self._handlers.get(record.get("type", "")):
                handler(record)

    def checks(self) -> dict[str, bool]:
        """What had to happen, and whether it did."""
        by_kind = {step.kind: step for step in self._steps}
        results = self._model.requests[-1].texts("tool") if self._model.requests else []
        told = [by_kind[kind].text for kind in ("result", "block") if kind in by_kind]
        answer = by_kind.get("answer")
        return {
            "the model was sent the plugin's rules": "prompt" in by_kind,
            "the model was offered the plugin's tool": "offer" in by_kind,
            "the plugin's tool answered the model": bool(results) and results[0] in told,
            "the plugin asked before deleting": "ask" in by_kind,
            "the plugin blocked the deletion, and the model knows why": len(results) > 1 and results[1] in told,
            "the model's script fitted": not (self._model.remaining or self._model.overrun),
            "the answer arrived": answer is not None and answer.text == _ANSWER,
        }

    def _message_start(self, record: dict[str, Any]) -> None:
        if record["message"]["role"] != "assistant" or any(step.kind == "request" for step in self._steps):
            return
        request = self._model.requests[0]
        system = "\n".join(request.texts("system"))
        # pi 1.5.2 ends its own prompt with the working folder; what follows comes from plugins.
        own, _, added = system.partition("</cwd>")
        if (hook := self._next("before_agent_start")) and added.strip():
            self._add("prompt", hook["plugin"], added.strip(), hook.get("us"))
        for tool in request.body["tools"]:
            if (name := tool["function"]["name"]) not in _TOOLS_OF_PI:
                parameters = ", ".join(tool["function"]["parameters"]["properties"])
                self._add("offer", "weather_tool", f"{name}({parameters})")
        self._add("request", "pi", f"{len(own):,} characters of its own prompt and its {len(_TOOLS_OF_PI)} tools")

    def _message_end(self, record: dict[str, Any]) -> None:
        message = record["message"]
        for part in message["content"] if message["role"] == "assistant" else ():
            if part["type"] == "toolCall":
                arguments = ", ".join(f"{name}={value!r}" for name, value in part["arguments"].items())
                self._add("call", "model", f"{part['name']}({arguments})")
            elif part["type"] == "text":
                self._add("answer", "model", part["text"])

    def _asked(self, record: dict[str, Any]) -> None:
        if record["method"] == "confirm":
            self._add("ask", "permission_gate", f"{record['title']} {record['message']}")

    def _tool_end(self, record: dict[str, Any]) -> None:
        text = "".join(part.get("text", "") for part in record["result"]["content"])
        if hook := self._next("tool_call"):
            kind: Kind
            kind, said = ("block", text) if record["isError"] else ("pass", record["toolName"])
            self._add(kind, hook["plugin"], said, hook.get("us"))
        if not record["isError"]:
            self._add("result", "weather_tool", text, record.get("durationMs", 0) * 1e3)

    def _next(self, hook: str) -> dict[str, Any] | None:
        """The next run of ``hook`` in the trace, which may be ahead of what is told here."""
        lines = self._trace.read_text("utf-8").splitlines() if self._trace.exists() else []
        self._untold += [json.loads(line) for line in lines[self._traced :]]
        self._traced = len(lines)
        run = next((run for run in self._untold if run["hook"] == hook), None)
        if run is not None:
            self._untold.remove(run)
        return run


def _code_lines(path: Path) -> int:
    return sum(bool(line.strip()) for line in path.read_text("utf-8").splitlines())
