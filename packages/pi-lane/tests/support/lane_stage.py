"""Two real terminals on a fresh session, and a model whose answers a test holds back and lets go.

Terminals are kept between tests, which put them on sessions of their own: starting one takes longer than most tests do.
"""

from __future__ import annotations

import itertools
import json
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from host_support import eventually
from lane_support import Audit

from pi_lane.runtime import SessionPaths, session_key
from pi_testkit import PiTimeoutError, Say

if TYPE_CHECKING:
    from collections.abc import Callable

    from pi_testkit import Pi, PiHome, Request, RpcPi, ScriptedModel, TuiPi
    from pi_testkit.model import Turn

__all__ = [
    "FIRST",
    "HELPER",
    "Scene",
    "Stage",
    "Troupe",
    "ask",
    "await_said",
    "blocking",
    "clear",
    "enter",
    "in_editor",
    "said",
    "told",
    "write_session",
]

#: The one prompt of a session that a test begins with.
FIRST = "the first"

#: An extension with commands for what neither RPC nor a key does in one step.
HELPER = Path(__file__).with_name("helper.mjs")

_PATIENCE_S = 40.0

#: What the lines around the editor begin with, and pi's remarks on what it did.
_RULE = "────"
_REMARKS = ("Navigated to", "Resumed session")

T = TypeVar("T")


class Stage:
    """The script of a model: it says ``answer to`` a prompt, unless the test wants something else.

    Attributes:
        otherwise: answers what no script is for.
    """

    def __init__(self) -> None:
        self.otherwise: Callable[[Request], Turn] = _echo
        self._news = threading.Condition()
        self._asked: list[str] = []
        self._gates: dict[str, threading.Event] = {}
        self._turns: dict[str, list[Turn]] = {}

    def __call__(self, request: Request) -> Turn:
        """Return the turn for a request, once the test lets it go."""
        prompt = request.texts("user")[-1]
        with self._news:
            self._asked.append(prompt)
            self._news.notify_all()
            gate = self._gates.get(prompt)
            turns = self._turns.get(prompt)
            turn = turns.pop(0) if turns else self.otherwise(request)
        if gate:
            gate.wait(_PATIENCE_S)
        return turn

    def hold(self, prompt: str) -> threading.Event:
        """Hold the answers to ``prompt`` back until the event is set."""
        return self._gates.setdefault(prompt, threading.Event())

    def script(self, prompt: str, *turns: Turn) -> None:
        """Answer the requests for ``prompt`` with these turns, one by one."""
        self._turns[prompt] = list(turns)

    def await_asked(self, prompt: str, times: int = 1) -> None:
        """Wait until the model was asked for ``prompt``."""
        with self._news:
            if not self._news.wait_for(lambda: self._asked.count(prompt) >= times, _PATIENCE_S):
                raise AssertionError(f"the model was not asked {prompt!r} {times} times, but {self._asked}")

    def clear(self) -> None:
        """Forget everything and let everybody go."""
        for gate in self._gates.values():
            gate.set()
        self._gates, self._turns = {}, {}
        self._asked.clear()
        self.otherwise = _echo


@dataclass
class Scene(Generic[T]):
    """Two terminals on one session.

    Attributes:
        one: a terminal.
        other: another one.
        file: the session file.
        home: where both live.
        model: the model both ask.
        stage: what it says.
    """

    one: T
    other: T
    file: Path
    home: PiHome
    model: ScriptedModel
    stage: Stage

    @property
    def paths(self) -> SessionPaths:
        """Where the session's lanes are."""
        return SessionPaths(self.home.home / ".pi" / "lane", session_key(self.file))

    def audit(self) -> Audit:
        """Look the session through."""
        return Audit.of(self.file, self.model.requests)

    def entries(self) -> list[dict[str, Any]]:
        """The entries of the session file, in the order in which they were written."""
        records = [json.loads(line) for line in self.file.read_bytes().split(b"\n") if line.strip()]
        return [record for record in records if record["type"] != "session"]

    def entry(self, text: str) -> dict[str, Any]:
        """The entry of the message that is ``text``."""
        found = [e for e in self.entries() if e["type"] == "message" and _text(e["message"]) == text]
        assert len(found) == 1, f"{len(found)} messages {text!r}"
        return found[0]

    def line(self, text: str) -> list[str]:
        """What was said up to the message that is ``text``, from the beginning."""
        by_id = {entry["id"]: entry for entry in self.entries()}
        at, said = self.entry(text)["id"], []
        while at is not None:
            message = by_id[at].get("message", {})
            if message.get("role") in {"user", "assistant"}:
                said.append(_text(message))
            at = by_id[at]["parentId"]
        return said[::-1]

    def lane(self, name: str = "main") -> dict[str, Any]:
        """The state of a lane, as its register says."""
        versions = sorted(self.paths.register_log(name).iterdir())
        state: dict[str, Any] = json.loads((versions[-1] / "state.json").read_bytes())
        return state

    def await_lane(self, fits: Callable[[dict[str, Any]], Any], name: str = "main") -> dict[str, Any]:
        """Wait until the state of a lane is as wanted, and return it."""
        return eventually(lambda: state if fits(state := self.lane(name)) else None, _PATIENCE_S)  # type: ignore[no-any-return]  # whatever the function returns

    def await_waiting(self, count: int = 1) -> None:
        """Wait until ``count`` terminals wait in line for lane main."""
        self.await_lane(lambda state: len(state["queue"]) == count)

    def await_free(self, name: str = "main") -> dict[str, Any]:
        """Wait until nobody has the lane or waits for it, and return its state."""
        return self.await_lane(lambda state: not state["owner"] and not state["queue"], name)


@dataclass
class Troupe:
    """Terminals that stay between tests.

    Attributes:
        pi: how they are started.
        stage: what their model says.
    """

    pi: Pi
    stage: Stage
    _rpc: list[RpcPi] = field(default_factory=list)
    _tui: list[TuiPi] = field(default_factory=list)
    _count: itertools.count[int] = field(default_factory=itertools.count)

    def new_file(self) -> Path:
        """Return where a session file could be."""
        return self.pi.home.root / f"session-{next(self._count)}.jsonl"

    def rpc(self) -> Scene[RpcPi]:
        """Put two terminals that are driven by commands on a session with one turn."""
        self._rpc = [terminal for terminal in self._rpc if terminal.process.popen.poll() is None]
        while len(self._rpc) < 2:  # one and another
            self._rpc.append(self.pi.rpc())
        file = write_session(self.new_file())
        for terminal in self._rpc:
            terminal.on_ui(None)
            terminal.switch_session(file)
            terminal.records.clear()
        return self._scene(*self._rpc, file=file)

    def tui(self) -> Scene[TuiPi]:
        """Put two terminals with a screen on a session with one turn."""
        self._tui = [terminal for terminal in self._tui if _runs(terminal)]
        while len(self._tui) < 2:  # one and another
            self._tui.append(self.pi.tui())
            self._tui[-1].wait_ready(timeout=_PATIENCE_S)
        first = f"first of session {next(self._count)}"
        file = write_session(self.new_file(), first)
        for terminal in self._tui:
            enter(terminal, f"/open {file}")
            terminal.wait_for(lambda shown: said(shown) == [first, f"answer to {first}"], timeout=_PATIENCE_S)
        return self._scene(*self._tui, file=file)

    def rest(self, *, spoiled: bool) -> None:
        """End a test; terminals that a failed test used may be in any state."""
        self.stage.clear()
        if spoiled:
            terminals: list[RpcPi | TuiPi] = [*self._rpc, *self._tui]
            for terminal in terminals:
                terminal.close(timeout=1)
            self._rpc.clear()
            self._tui.clear()

    def _scene(self, one: T, other: T, *, file: Path) -> Scene[T]:
        self.pi.model.requests.clear()
        return Scene(one, other, file, self.pi.home, self.pi.model, self.stage)


def write_session(file: Path, first: str = FIRST) -> Path:
    """Write a session of one turn."""
    settings: list[dict[str, Any]] = [
        {"type": "model_change", "provider": "scripted", "modelId": "scripted-1"},
        {"type": "thinking_level_change", "thinkingLevel": "off"},
    ]
    at = "2026-01-01T00:00:00.000Z"
    records: list[dict[str, Any]] = [
        {
            "type": "session",
            "version": 3,
            "id": "01a00000-0000-7000-8000-" + f"{abs(hash(file)) % 10**12:012}",
            "timestamp": at,
            "cwd": str(file.parent),
        },
    ]
    messages = [
        {"role": "user", "content": [{"type": "text", "text": first}], "timestamp": 1767225600000},
        _assistant(f"answer to {first}"),
    ]
    parent = None
    for number, entry in enumerate([*settings, *({"type": "message", "message": message} for message in messages)]):
        records.append({"id": f"0000000{number}", "parentId": parent, "timestamp": at, **entry})
        parent = f"0000000{number}"
    file.write_text("".join(json.dumps(record, separators=(",", ":")) + "\n" for record in records), "utf-8")
    return file


def ask(terminal: RpcPi, command: str) -> str:
    """Give a command and return what it tells; also while a run is going on."""
    since = len(terminal.records)
    terminal.send("prompt", message=command)
    terminal.wait_for(lambda record: record.get("method") == "notify", since=since)
    return told(terminal.records[since:])


def await_said(terminal: RpcPi, text: str) -> None:
    """Wait until a terminal knows what was said elsewhere."""
    eventually(lambda: text in str(terminal.get_messages()), _PATIENCE_S)


def clear(terminal: TuiPi) -> None:
    """Empty the editor of a terminal. Not with Ctrl+C: pressed twice in half a second, it ends pi."""
    for _ in terminal.screen().splitlines():
        terminal.press("ctrl+u", "backspace")
    terminal.wait_for(lambda shown: in_editor(shown, ""))


def enter(terminal: TuiPi, text: str) -> None:
    """Paste a line and send it; while it is typed, proposals come up in their own time and take the key."""
    terminal.type(f"\x1b[200~{text}\x1b[201~")
    terminal.press("enter")


def in_editor(shown: str, text: str) -> bool:
    """Whether ``text`` is all that is in the editor of a screen, which is between two rules."""
    lines = shown.splitlines()
    rules = [number for number, line in enumerate(lines) if line.startswith(_RULE)]
    return len(rules) > 1 and " ".join(" ".join(lines[rules[-2] + 1 : rules[-1]]).split()) == text


def said(shown: str) -> list[str]:
    """Return the conversation on a screen, without pi's remarks and what is below it."""
    lines = [line.strip() for line in shown.splitlines()]
    rules = [number for number, line in enumerate(lines) if line.startswith(_RULE)]
    editor = rules[-2] if len(rules) > 1 else 0
    return [line for line in lines[:editor] if line and not line.startswith(_REMARKS)]


def told(records: list[dict[str, Any]]) -> str:
    """Return all notices among ``records`` as one text."""
    return "\n".join(record["message"] for record in records if record.get("method") == "notify")


def blocking(gate: Path) -> str:
    """Return a shell command that ends once ``gate`` is there."""
    return f"until [ -e {gate} ]; do sleep 0.05; done; echo open"


def _runs(terminal: TuiPi) -> bool:
    try:
        terminal.wait(timeout=0)
    except PiTimeoutError:
        return True
    return False


def _echo(request: Request) -> Turn:
    return Say(f"answer to {request.texts('user')[-1]}")


def _assistant(text: str) -> dict[str, Any]:
    usage = {"input": 1, "output": 1, "cacheRead": 0, "cacheWrite": 0, "totalTokens": 2}
    cost = {"input": 0, "output": 0, "cacheRead": 0, "cacheWrite": 0, "total": 0}
    return {
        "role": "assistant",
        "content": [{"type": "text", "text": text}],
        "api": "openai-completions",
        "provider": "scripted",
        "model": "scripted-1",
        "usage": {**usage, "cost": cost},
        "stopReason": "stop",
        "timestamp": 1767225600000,
    }


def _text(message: dict[str, Any]) -> str:
    content = message.get("content", "")
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)
